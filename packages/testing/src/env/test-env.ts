import type { ProducerStats } from '@holdfast/core';
import { CallGauge, EventHub } from '@holdfast/core/internal';
import type { Delivery, Env } from '@holdfast/core/stage';
import { simulatedDisk } from '../disk/memory-disk.js';
import type { SimulatedDisk } from '../disk/simulated-disk.js';
import { emptyStats } from '../values/empty-stats.js';
import { fakeClock, type FakeClock } from './fake-clock.js';
import { recordingLogger, type RecordingLogger } from './recording-logger.js';
import { seededRandom } from '../property/seed.js';

export interface TestEnvOptions {
  /** The seed of `random` and of the disk. Default 1. */
  readonly seed?: number;
  readonly clock?: FakeClock;
  /** Default: an empty `simulatedDisk`. */
  readonly disk?: SimulatedDisk;
  /** Implements `env.ready()`, as if a stage below queued. Default: always room. */
  readonly ready?: () => Promise<void> | undefined;
  /** Implements `env.stats()`. Default: {@link emptyStats}. */
  readonly stats?: () => ProducerStats;
}

export interface TestEnv extends Env {
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly events: EventHub;
  readonly disk: SimulatedDisk;
  /** Counts the adapter's calls. A test without core calls `started` and `answered` itself. */
  readonly calls: CallGauge;
  /** The deliveries that a stage reported as accepted and undeliverable. */
  readonly undeliverable: readonly Delivery[];
}

/** Creates an `env` for `bind`, `connect` and `createProducer`, in which nothing is real. */
export function testEnv({
  seed = 1,
  clock = fakeClock(),
  disk = simulatedDisk({ seed }),
  ready = () => undefined,
  stats = emptyStats,
}: TestEnvOptions = {}): TestEnv {
  const logger = recordingLogger();
  const undeliverable: Delivery[] = [];
  return {
    clock,
    logger,
    disk,
    random: seededRandom(seed),
    events: new EventHub(logger),
    calls: new CallGauge(clock),
    ready,
    stats,
    undelivered: (delivery) => void undeliverable.push(delivery),
    undeliverable,
  };
}
