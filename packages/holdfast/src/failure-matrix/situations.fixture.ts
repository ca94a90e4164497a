import { ProducerError } from '@holdfast/core';
import type { Step, StepContext } from '@holdfast/testing';
import type { Scene } from './scene.fixture.js';

/** A failure around one record. */
export interface Situation {
  /** Its name on the page. */
  readonly name: string;
  /** Opens the scene, sends, and runs until the caller has seen everything. */
  play(scene: Scene): Promise<void>;
}

const noLeader = new ProducerError('LEADER_UNAVAILABLE', 'no leader', { retriable: true });
const tooLarge = new ProducerError('RECORD_TOO_LARGE', 'too large');

/** Long enough for a retry or two, and shorter than any timeout. */
const aWhileMs = 1_500;
const deliveryTimeoutMs = 5_000;
const maxBlockMs = 2_000;

const failing: Step = { outcome: 'failed', error: noLeader };

async function sendAndWait(scene: Scene, ms = aWhileMs): Promise<void> {
  scene.send();
  await scene.clock.advance(1);
  scene.glance();
  await scene.clock.advance(ms);
}

export const situations: readonly Situation[] = [
  {
    name: 'success',
    async play(scene) {
      await scene.open();
      scene.send();
      await scene.clock.advance(aWhileMs);
    },
  },
  {
    name: 'a temporary failure: the partition has no leader at first',
    async play(scene) {
      scene.adapter.script = [failing, failing];
      await scene.open();
      scene.send();
      await scene.clock.advance(aWhileMs);
    },
  },
  {
    name: 'a permanent failure: the record is too large for the topic',
    async play(scene) {
      scene.adapter.script = () => ({ outcome: 'failed', error: tooLarge });
      await scene.open();
      scene.send();
      await scene.clock.advance(aWhileMs);
    },
  },
  {
    name: '`deliveryTimeoutMs` passes without a successful attempt',
    async play(scene) {
      scene.adapter.script = () => failing;
      await scene.open({ deliveryTimeoutMs });
      await sendAndWait(scene, deliveryTimeoutMs);
    },
  },
  {
    name: 'the buffer is full for longer than `maxBlockMs`',
    async play(scene) {
      scene.adapter.script = () => ({ fault: 'hangs', outcome: 'unknown' });
      const full = { maxInFlightRecords: 1, maxInFlightBytes: 1 };
      const { journal } = scene.chain;
      await scene.open(
        { maxBlockMs },
        {
          buffer: { maxRecords: 1 },
          ...(typeof journal === 'object' && !('bind' in journal) && { journal: { ...journal, ...full } }),
        },
      );
      for (const value of ['first', 'second'])
        scene.running.fireAndForget({ topic: 'orders', key: 'k1', value });
      await scene.clock.advance(1);
      await sendAndWait(scene, maxBlockMs);
    },
  },
  {
    name: 'the breaker is open for a while',
    async play(scene) {
      await scene.open();
      scene.breaker.open();
      await sendAndWait(scene);
      scene.breaker.close();
      await scene.clock.advance(60_000);
    },
  },
  {
    name: "no broker accepts records for 15 s (the journal's `acceptAfterMs` is 10 s)",
    async play(scene) {
      scene.adapter.script = () => failing;
      await scene.open();
      await sendAndWait(scene, 15_000);
      scene.adapter.script = [];
      await scene.clock.advance(120_000);
    },
  },
  {
    name: 'the broker is killed between writing the record and answering, and comes back',
    async play(scene) {
      scene.adapter.script = (_, { attempt }: StepContext) =>
        attempt === 1 ? { outcome: 'unknown', written: true, delayMs: 100 } : attempt === 2 ? failing : {};
      await scene.open();
      scene.send();
      await scene.clock.advance(aWhileMs);
    },
  },
  {
    name: 'the same, but the broker stays away past `deliveryTimeoutMs`',
    async play(scene) {
      scene.adapter.script = (_, { attempt }: StepContext) =>
        attempt === 1 ? { outcome: 'unknown', written: true, delayMs: 100 } : failing;
      await scene.open({ deliveryTimeoutMs });
      await sendAndWait(scene, deliveryTimeoutMs);
    },
  },
  {
    name: '`close` while the record is in flight, without an answer in time',
    async play(scene) {
      scene.adapter.script = () => ({ fault: 'hangs', outcome: 'unknown' });
      await scene.open();
      await sendAndWait(scene);
      await scene.clock.until(scene.running.close({ timeoutMs: 1_000 }).catch(() => undefined));
    },
  },
  {
    name: 'the process ends (`process.exit`, `kill -9`) while the record is in flight',
    async play(scene) {
      scene.adapter.script = () => ({ fault: 'hangs', outcome: 'unknown' });
      await scene.open();
      await sendAndWait(scene);
      scene.exit();
    },
  },
];
