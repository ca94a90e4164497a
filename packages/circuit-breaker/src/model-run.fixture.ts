import type { Delivery, Settle } from '@holdfast/core/stage';
import { createDelivery, testEnv } from '@holdfast/testing';
import { expect } from 'vitest';
import type { CircuitState } from './controller/circuit.js';
import { circuitBreaker } from './circuit-breaker.js';
import { delivered, errorIn, fails, mayBeWritten, settleAs } from './harness.fixture.js';
import { admits, ModelCircuit, type ModelOptions, type ModelPermit } from './model.fixture.js';

export const topics = ['a', 'b', 'c'] as const;
type Topic = (typeof topics)[number];

const ok = [delivered, 'ok'] as const;
const bad = [fails(), 'bad'] as const;
const nothing = [fails('RECORD_TOO_LARGE'), 'nothing'] as const;

/** The outcomes of the records of one settlement, in turn, and what each means by itself. */
export const answers = {
  ok: [ok],
  failed: [bad],
  unknown: [[mayBeWritten(), 'bad']],
  tooLarge: [nothing],
  badOrTooLarge: [nothing, bad],
  mixed: [nothing, bad, bad, ok],
} as const;

/** Records of one topic with this many different keys; 0: without keys. */
interface Part {
  readonly topic: Topic;
  readonly records: number;
  readonly keys: number;
}

export type Step =
  | { readonly send: readonly Part[] }
  /** Settles records of an unsettled batch: those of one topic or of all, at most this many. */
  | {
      readonly answer: keyof typeof answers;
      readonly call: number;
      readonly only?: Topic;
      readonly most: number;
    }
  | { readonly advance: number }
  | { readonly hand: 'open' | 'close' | 'isolate'; readonly topic?: Topic };

const fromWorst: readonly CircuitState[] = ['isolated', 'open', 'half-open', 'closed'];

interface Call {
  left: Delivery[];
  readonly settle: Settle;
  readonly permits: Map<string, ModelPermit>;
}

/**
 * Does the same to a breaker and to models of its circuits. Compares what they admit, what they
 * refuse and their states.
 */
export async function runModel(options: ModelOptions, steps: readonly Step[]): Promise<void> {
  const run = new ModelRun(options);
  for (const step of steps) await run.do(step);
  run.settleAll();
}

class ModelRun {
  private readonly env = testEnv();
  private readonly breaker;
  private readonly stage;
  private readonly models: Map<string, ModelCircuit>;
  /**
   * Circuits that a breaker would have created; until then, calls for all circuits apply to them.
   */
  private readonly made = new Set<string>();
  private allOpenUntil = 0;
  private readonly calls: Call[] = [];
  private sent: Delivery[] = [];
  private below: Settle = () => undefined;
  private readonly unsettled = new Set<Delivery>();

  constructor(private readonly options: ModelOptions) {
    this.breaker = circuitBreaker({ ...options, jitter: 0 });
    this.stage = this.breaker.bind((batch, settle) => {
      this.sent = [...batch];
      this.below = settle;
    }, this.env);
    this.models = new Map(topics.map((topic) => [topic, new ModelCircuit(options)]));
  }

  async do(step: Step): Promise<void> {
    if ('send' in step) this.send(step.send);
    else if ('answer' in step) this.answer(step);
    else if ('advance' in step) await this.env.clock.advance(step.advance);
    else this.byHand(step.hand, step.topic);
    const states = topics.map((topic) => this.breaker.state({ topic }));
    expect(states.join()).toBe(topics.map((topic) => this.stateOf(topic)).join());
    // Future circuits count as well.
    states.push(this.breaker.state({ topic: 'never' }));
    expect(this.breaker.state()).toBe(fromWorst.find((state) => states.includes(state)));
  }

  /**
   * Nothing is held: settles all that was sent, and checks that everything else is settled already.
   */
  settleAll(): void {
    for (const { left, settle } of this.calls) settleAs(settle, left, delivered);
    expect(this.unsettled.size).toBe(0);
  }

  private send(parts: readonly Part[]): void {
    const batch = parts.flatMap(({ topic, records, keys }) =>
      Array.from({ length: records }, (_, i) =>
        createDelivery({ topic, value: 'v', ...(keys > 0 && { key: `${i % keys}` }) }),
      ),
    );
    const permits = new Map<string, ModelPermit>();
    const known = new Set<string>();
    const [admitted, refused]: [Delivery[], Delivery[]] = [[], []];
    for (const delivery of batch) {
      const { topic } = delivery.record;
      const permit = known.has(topic) ? permits.get(topic) : this.model(topic).tryAcquire(this.now);
      known.add(topic);
      if (permit !== undefined) permits.set(topic, permit);
      const key = Buffer.from(delivery.record.key ?? []).toString();
      if (permit === undefined || !admits(permit, key)) refused.push(delivery);
      else {
        permit.unsettled++;
        permit.keys.push(key);
        admitted.push(delivery);
      }
    }
    this.sent = [];
    const up: Delivery[] = [];
    for (const one of batch) this.unsettled.add(one);
    let isSending = true;
    this.stage.send([...batch], (settled) => {
      expect(settled.filter((one) => !this.unsettled.delete(one))).toHaveLength(0);
      if (isSending) up.push(...settled);
    });
    isSending = false;
    expect(areSame(this.sent, admitted)).toBe(true);
    for (const topic of topics) {
      const ofTopic = (one: Delivery): boolean => one.record.topic === topic;
      expect(areSame(up.filter(ofTopic), refused.filter(ofTopic))).toBe(true);
    }
    const errors = new Map(up.map((one) => [errorIn(one), one]));
    expect(errors.size).toBe(new Set(up.map(({ record }) => record.topic)).size);
    for (const one of errors.values()) this.checkRefusal(one);
    if (admitted.length > 0) this.calls.push({ left: this.sent, settle: this.below, permits });
  }

  private checkRefusal(refused: Delivery): void {
    const { code, retryAfter } = errorIn(refused);
    const model = this.model(refused.record.topic);
    expect(code).toBe('CIRCUIT_OPEN');
    if (model.kind === 'open') expect(retryAfter).toBe(model.until - this.now);
    else expect(retryAfter).toBe(model.kind === 'isolated' ? this.options.openDurationMs : 100);
  }

  private answer({ answer, call: index, only, most }: Extract<Step, { answer: unknown }>): void {
    const open = this.calls.filter(({ left }) => left.length > 0);
    const call = open[index % Math.max(1, open.length)];
    if (call === undefined) return;
    const mine = call.left.filter(({ record }) => only === undefined || record.topic === only).slice(0, most);
    if (mine.length === 0) return;
    call.left = call.left.filter((one) => !mine.includes(one));
    const turns = mine.map((_, i) => answers[answer][i % answers[answer].length] ?? ok);
    for (const topic of new Set(mine.map(({ record }) => record.topic))) {
      const results = turns.filter((_, i) => mine[i]?.record.topic === topic).map(([, word]) => word);
      const result = (['ok', 'bad'] as const).find((word) => results.includes(word)) ?? 'nothing';
      const permit = call.permits.get(topic);
      if (permit !== undefined) this.model(topic).settle(permit, results.length, result, this.now);
    }
    for (const [i, one] of mine.entries()) one.outcome = turns[i]?.[0];
    call.settle(mine);
  }

  private byHand(what: 'open' | 'close' | 'isolate', topic: Topic | undefined): void {
    this.breaker[what](topic === undefined ? undefined : { topic });
    if (topic === undefined && what !== 'isolate')
      this.allOpenUntil = what === 'open' ? this.now + this.options.openDurationMs : 0;
    for (const one of topic === undefined ? topics : [topic]) {
      // Opening all circuits opens those that are not created yet only while it lasts.
      if (topic === undefined && what === 'open' && !this.made.has(one)) continue;
      const model = what === 'isolate' ? this.models.get(one) : this.model(one, topic !== undefined);
      if (what === 'open') model?.openByHand(this.now);
      else model?.[what]();
      if (topic !== undefined) this.made.add(one);
    }
  }

  private model(topic: string, make = true): ModelCircuit {
    const model = this.models.get(topic) ?? new ModelCircuit(this.options);
    if (make && !this.made.has(topic)) {
      this.made.add(topic);
      if (this.now < this.allOpenUntil) model.open(this.now, this.allOpenUntil - this.now);
    }
    return model;
  }

  private stateOf(topic: string): string {
    const model = this.models.get(topic);
    if (model === undefined) throw new Error('there is a model of each topic');
    const state = model.state(this.now);
    return !this.made.has(topic) && state === 'closed' && this.now < this.allOpenUntil ? 'open' : state;
  }

  private get now(): number {
    return this.env.clock.now();
  }
}

const areSame = (some: readonly Delivery[], others: readonly Delivery[]): boolean =>
  some.length === others.length && some.every((one, index) => one === others[index]);
