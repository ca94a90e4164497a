import type { ProducerStats } from '@holdfast/core';
import { CallGauge, EventHub } from '@holdfast/core/internal';
import type { Delivery, Env } from '@holdfast/core/stage';
import { simulatedDisk } from './disk/memory-disk.js';
import type { SimulatedDisk } from './disk/simulated-disk.js';
import { emptyStats } from './empty-stats.js';
import { fakeClock, type FakeClock } from './fake-clock.js';
import { recordingLogger, type RecordingLogger } from './recording-logger.js';
import { seededRandom } from './seed.js';

export interface TestEnvOptions {
  /** Of `random`, and of the disk. Default 1. */
  readonly seed?: number;
  readonly clock?: FakeClock;
  /** Default: an empty `simulatedDisk`. */
  readonly disk?: SimulatedDisk;
  /** What `env.ready()` answers, as if a stage below queued. Default: always room. */
  readonly ready?: () => Promise<void> | undefined;
  /** What `env.stats()` answers. Default: {@link emptyStats}. */
  readonly stats?: () => ProducerStats;
}

export interface TestEnv extends Env {
  readonly clock: FakeClock;
  readonly logger: RecordingLogger;
  readonly events: EventHub;
  readonly disk: SimulatedDisk;
  /** Core counts the adapter's calls in it; a test without core says `started` and `answered` itself. */
  readonly calls: CallGauge;
  /** What a stage said it had accepted and could not deliver. */
  readonly undeliverable: readonly Delivery[];
}

/** What `bind` and `connect` take, with nothing real in it; fits `createProducer({ env })` too. */
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
