import {
  ProducerError,
  type ErrorCode,
  type EventName,
  type Outcome,
  type ProducerEvents,
  type ProducerRecord,
} from '@holdfast/core';
import {
  failed,
  forked,
  unknown,
  type Delivery,
  type ProducerErrorDetails,
  type Settle,
  type Stage,
} from '@holdfast/core/stage';
import {
  createDelivery,
  fakeClock,
  simulatedDisk,
  testEnv,
  type SimulatedDisk,
  type TestEnv,
} from '@holdfast/testing';
import { deadLetterQueue } from './dead-letter-queue.js';
import type { DeadLetter } from './letter/dead-letter.js';
import { decodeLine } from './format/json-line.js';
import type { DeadLetterQueueOptions } from './options.js';

export const directory = '/dead-letters';
const firstRunAt = Date.UTC(2026, 0, 1);

export interface Below {
  readonly batch: readonly Delivery[];
  readonly settle: Settle;
}

type Emitted = {
  [N in 'deadLetter' | 'deadLetter.refused' | 'deadLetter.failed' | 'callbackError']: ProducerEvents[N][];
};

/**
 * The stage alone. Collects what it hands down, records and letters apart, and the test settles
 * them.
 */
export class Harness {
  readonly env: TestEnv;
  readonly stage: Stage;
  readonly below: Below[] = [];
  /** Dead letters on their way to a topic. */
  readonly letters: Below[] = [];
  readonly up: Delivery[] = [];
  readonly emitted: Emitted = {
    deadLetter: [],
    'deadLetter.refused': [],
    'deadLetter.failed': [],
    callbackError: [],
  };

  constructor(
    options: DeadLetterQueueOptions,
    { disk = simulatedDisk(), run = 1 }: { readonly disk?: SimulatedDisk; readonly run?: number } = {},
  ) {
    this.env = testEnv({ disk, seed: run, clock: fakeClock({ nowMs: 1_000, wallTimeMs: firstRunAt + run }) });
    this.stage = deadLetterQueue(options).bind((batch, settle) => {
      const own = batch.every(({ completion }) => completion === forked);
      for (const one of batch) one.attempts++; // as core does above the adapter
      (own ? this.letters : this.below).push({ batch: [...batch], settle });
    }, this.env);
    this.listen('deadLetter');
    this.listen('deadLetter.refused');
    this.listen('deadLetter.failed');
    this.listen('callbackError');
  }

  async start(): Promise<this> {
    await this.stage.start?.(new AbortController().signal);
    return this;
  }

  send(records: readonly Partial<ProducerRecord>[]): Delivery[] {
    const deliveries = records.map((record) =>
      createDelivery({ topic: 'orders', value: 'v', ...record }, { createdAt: this.env.clock.now() }),
    );
    this.stage.send([...deliveries], (settled) => {
      for (const one of settled) {
        if (this.up.includes(one)) throw new Error('settled twice');
        this.up.push(one);
      }
    });
    return deliveries;
  }

  /** Sends records and settles each with this outcome. */
  fail(records: readonly Partial<ProducerRecord>[], outcome: Outcome = fails()): Delivery[] {
    const deliveries = this.send(records);
    this.answer(deliveries, outcome);
    return deliveries;
  }

  answer(deliveries: readonly Delivery[], outcome: Outcome): void {
    answer(this.below, deliveries, outcome);
  }

  /** Settles the dead letters that the last call sent to a topic. */
  answerLetters(outcome: Outcome, letters: readonly Delivery[] = this.letters.at(-1)?.batch ?? []): void {
    answer(this.letters, letters, outcome);
  }

  /** Returns the letters of all files, in order, without torn lines. */
  stored(disk: SimulatedDisk = this.env.disk): DeadLetter[] {
    return disk
      .files()
      .filter((path) => path.startsWith(directory))
      .flatMap((path) => Buffer.from(disk.readFile(path)).toString().split('\n'))
      .map(decodeLine)
      .filter((one) => typeof one !== 'string');
  }

  settled(): Promise<void> {
    return this.env.clock.runSoon();
  }

  private listen<N extends keyof Emitted & EventName>(name: N): void {
    this.env.events.on(name, (payload: ProducerEvents[N]) => void this.emitted[name].push(payload));
  }
}

function answer(calls: readonly Below[], deliveries: readonly Delivery[], outcome: Outcome): void {
  for (const one of deliveries) one.outcome = outcome;
  for (const { batch, settle } of calls) {
    const part = deliveries.filter((one) => batch.includes(one));
    if (part.length > 0) settle(part);
  }
}

export { delivered } from '@holdfast/testing';

export const fails = (
  code: ErrorCode = 'AUTHORIZATION_FAILED',
  details: ProducerErrorDetails = {},
): Outcome => failed(new ProducerError(code, 'scripted', details));

export const mayBeWritten = (code: ErrorCode = 'REQUEST_TIMED_OUT'): Outcome =>
  unknown(new ProducerError(code, 'scripted'));

export const text = (bytes: Uint8Array | null | undefined): string | null =>
  bytes === null || bytes === undefined ? null : Buffer.from(bytes).toString();

export const values = (
  letters: readonly { readonly record: { readonly value: Uint8Array | null } }[],
): unknown[] => letters.map(({ record }) => text(record.value));

/** Returns where each letter went, or the code for those that went nowhere. */
export const ends = (deliveries: readonly Delivery[]): string[] =>
  deliveries.map(({ outcome }) => {
    if (outcome?.status === 'dead-lettered') return outcome.to.replace(/(?<=^file:).*\//, '');
    return outcome !== undefined && 'error' in outcome
      ? `${outcome.status} ${outcome.error.code}`
      : (outcome?.status ?? 'none');
  });
