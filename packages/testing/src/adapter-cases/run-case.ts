import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { createProducer, type Outcome, type Producer, type ProducerRecord } from '@holdfast/core';
import { recordingLogger, type RecordingLogger } from '../env/recording-logger.js';
import {
  shown,
  type AdapterCase,
  type ClientSettings,
  type Expected,
  type MakeAdapter,
  type Step,
  type TopicNames,
} from './adapter-case.js';
import { compareStored } from './compare-stored.js';
import type { KafkaControl } from './kafka-control.js';
import { readTopic } from './read-topic.js';

const untilDeliveredMs = 90_000;
const disconnectedMs = 30_000;
const inSyncMs = 60_000;
const pauseMs = 100;
let runs = 0;

/** Runs a case. Rejects with all unexpected results in one message. */
export async function runAdapterCase(
  one: AdapterCase,
  control: KafkaControl,
  makeAdapter: MakeAdapter,
): Promise<void> {
  const unique = `${process.pid}-${Date.now().toString(36)}-${runs++}`;
  const topic: TopicNames = (name) => `${name}-${unique}`;
  try {
    for (const [name, settings] of Object.entries(one.topics ?? {})) {
      await control.createTopic(topic(name), settings);
      // A broker that is the leader by metadata may not know it yet; a reader waits until it does.
      if (one.cluster === 'plain') await readTopic(control.brokers, topic(name));
    }
    await one.before?.(control, topic);
    await new CaseRun(one, control, topic).run(makeAdapter);
  } finally {
    await one.after?.(control);
    // The next case may have the same brokers.
    if (one.needs !== undefined) {
      for (const [name, { replicationFactor = control.size }] of Object.entries(one.topics ?? {}))
        await inSync(control, topic(name), replicationFactor);
    }
  }
}

/** A restarted broker is not in sync before it has caught up. */
async function inSync(control: KafkaControl, topic: string, replicas: number): Promise<void> {
  const deadline = performance.now() + inSyncMs;
  const isWhole = async (): Promise<boolean> => {
    const partitions = await control.describeTopic(topic).catch(() => undefined);
    return partitions?.every(({ isr }) => isr.length === replicas) === true;
  };
  while (!(await isWhole())) {
    if (performance.now() > deadline)
      throw new Error(`the replicas of ${topic} are not in sync ${inSyncMs} ms after the case`);
    await sleep(pauseMs);
  }
}

class CaseRun {
  private readonly logger: RecordingLogger = recordingLogger();
  private readonly problems: string[] = [];
  private readonly delivered = new Map<ProducerRecord, Outcome>();
  private readonly errors: unknown[] = [];
  private isDisconnected = false;

  constructor(
    private readonly one: AdapterCase,
    private readonly control: KafkaControl,
    private readonly topic: TopicNames,
  ) {}

  async run(makeAdapter: MakeAdapter): Promise<void> {
    const { one, control, logger } = this;
    const first = await this.client(makeAdapter);
    first.on('disconnected', () => (this.isDisconnected = true));
    first.on('connected', () => (this.isDisconnected = false));
    let second: Producer | undefined;
    try {
      for (const [index, step] of one.steps.entries()) {
        const producer = step.newClient ? (second ??= await this.client(makeAdapter)) : first;
        await this.step(producer, step, `step ${index + 1}`);
      }
    } finally {
      await Promise.all([first, second].map(async (producer) => producer?.close({ timeoutMs: 5_000 })));
    }
    if (one.cluster === 'plain')
      this.problems.push(...(await compareStored(control.brokers, this.delivered)));
    const secrets = this.foundSecrets();
    // The other problems quote what was logged.
    if (secrets.length > 0) throw new Error(`${one.name}:\n${secrets.join('\n')}`);
    if (this.problems.length > 0) {
      throw new Error(`${one.name}:\n${this.problems.join('\n')}\n${logger.text()}`);
    }
  }

  private async client(makeAdapter: MakeAdapter): Promise<Producer> {
    const { one, control, logger } = this;
    const settings: ClientSettings = {
      brokers: control.brokers,
      requestTimeoutMs: 10_000,
      ...one.client?.(control),
    };
    const producer = await createProducer({ adapter: makeAdapter(settings), env: { logger } });
    producer.on('violation', ({ stage, message }) => this.problems.push(`${stage} ${message}`));
    return producer;
  }

  private async step(producer: Producer, step: Step, where: string): Promise<void> {
    await step.first?.(this.control, this.topic);
    if (step.onceDisconnected) await this.disconnected(where);
    const records = step.records?.(this.topic) ?? [];
    const expected = typeof step.expected === 'function' ? step.expected(this.topic) : step.expected;
    if (step.untilDelivered) await this.untilDelivered(producer, records, where);
    else this.compare(records, await this.send(producer, records), expected, where);
  }

  private async disconnected(where: string): Promise<void> {
    const deadline = performance.now() + disconnectedMs;
    while (!this.isDisconnected && performance.now() < deadline) await sleep(pauseMs);
    if (!this.isDisconnected) this.problems.push(`${where}: no event 'disconnected' in ${disconnectedMs} ms`);
  }

  private async untilDelivered(
    producer: Producer,
    records: readonly ProducerRecord[],
    where: string,
  ): Promise<void> {
    const deadline = performance.now() + untilDeliveredMs;
    for (let left = records; left.length > 0; await sleep(pauseMs)) {
      const outcomes = await this.send(producer, left);
      const final = outcomes.filter((outcome) => 'error' in outcome && !outcome.error.retriable);
      for (const outcome of final)
        this.problems.push(`${where}: trouble that passes was called final: ${shown(outcome)}`);
      left = left.filter((_, index) => outcomes[index]?.status !== 'delivered');
      if (final.length > 0) return;
      if (left.length > 0 && performance.now() > deadline) {
        this.problems.push(
          `${where}: not delivered in ${untilDeliveredMs} ms: ${outcomes.map(shown).join('; ')}`,
        );
        return;
      }
    }
  }

  private async send(producer: Producer, records: readonly ProducerRecord[]): Promise<readonly Outcome[]> {
    const outcomes = await producer.sendBatch(records);
    for (const [index, outcome] of outcomes.entries()) {
      const record = records[index];
      if (outcome.status === 'delivered' && record !== undefined) this.delivered.set(record, outcome);
      if ('error' in outcome) this.errors.push(outcome.error);
    }
    return outcomes;
  }

  private compare(
    records: readonly ProducerRecord[],
    outcomes: readonly Outcome[],
    expected: readonly Expected[] | Expected | undefined,
    where: string,
  ): void {
    for (const index of records.keys()) {
      const one = isList(expected) ? expected[index] : expected;
      const outcome = outcomes[index];
      if (one === undefined || (outcome !== undefined && isAsExpected(outcome, one))) continue;
      this.problems.push(`${where}, record ${index}: expected ${JSON.stringify(one)}, got ${shown(outcome)}`);
    }
  }

  private foundSecrets(): string[] {
    const told = [this.logger.text(), ...this.errors.map((error) => inspect(error, { depth: 20 }))].join(
      '\n',
    );
    return (this.one.secrets?.(this.control) ?? [])
      .filter((secret) => told.includes(secret))
      .map((secret) => `a log line or an error holds the secret ${secret.slice(0, 3)}…`);
  }
}

const isList = (expected: readonly Expected[] | Expected | undefined): expected is readonly Expected[] =>
  Array.isArray(expected);

const among = <T>(value: T, one: T | readonly T[]): boolean =>
  Array.isArray(one) ? one.includes(value) : one === value;

function isAsExpected(outcome: Outcome, expected: Expected): boolean {
  if (expected.status === 'delivered') {
    if (outcome.status !== 'delivered') return false;
    return (
      (expected.partition ?? outcome.partition) === outcome.partition &&
      (expected.timestamp ?? outcome.timestamp) === outcome.timestamp
    );
  }
  if (outcome.status !== 'failed' && outcome.status !== 'unknown') return false;
  const { code, retriable, kafka } = outcome.error;
  return (
    among(outcome.status, expected.status) &&
    among(code, expected.code) &&
    retriable === expected.retriable &&
    (expected.kafka === undefined || expected.kafka === kafka?.code)
  );
}
