import { seededRandom } from '@holdfast/testing';
import type { NodeState } from './cluster.js';
import type { Form, RecordPlan } from './memory.js';
import { waysToSpoil } from './spoiler.js';
import type { weathers, WeatherName } from './weather.js';

/**
 * One action of a caller, of time, of the machine or of the cluster. Plain data, so that a run can
 * be printed and repeated.
 */
export type Action =
  | {
      readonly do: 'send';
      readonly via: 'promise' | 'callback' | 'forget';
      readonly records: readonly RecordPlan[];
    }
  | { readonly do: 'sendBatch'; readonly records: readonly RecordPlan[] }
  | { readonly do: 'advance'; readonly ms: number }
  /** Blocks the event loop. */
  | { readonly do: 'block'; readonly ms: number }
  | { readonly do: 'flush'; readonly timeoutMs: number }
  | { readonly do: 'brokers'; readonly nodes: readonly number[]; readonly state: NodeState }
  | { readonly do: 'weather'; readonly name: WeatherName }
  /** Leaders move. */
  | { readonly do: 'move' }
  /** Creates the topic that is missing at first. */
  | { readonly do: 'createTopic' }
  /** Where the client can die alone. */
  | { readonly do: 'clientDies' }
  /** The producer ends, and another starts: closed, killed, or after a power cut. */
  | { readonly do: 'restart'; readonly after: 'close' | 'kill' | 'power loss'; readonly downMs: number };

export const topics = ['orders', 'events'] as const;
export const lateTopic = 'invoices';
export const partitions = 3;
const allNodes = [1, 2, 3];

interface Weighted<T> {
  readonly weight: number;
  readonly draw: () => T;
}

/** Returns the actions that belong to a seed. */
export function actionsOf(seed: number): Action[] {
  return new Drawing(seededRandom(seed)).actions();
}

class Drawing {
  constructor(private readonly random: () => number) {}

  actions(): Action[] {
    const actions: Action[] = [];
    // Most users see a start during an outage first.
    if (this.random() < 0.3)
      actions.push({ do: 'brokers', nodes: allNodes, state: this.oneOf(['down', 'paused']) });
    const length = 10 + this.upTo(30);
    while (actions.length < length) actions.push(...this.some());
    return actions;
  }

  /** A blocked event loop matters most while requests are in flight. */
  private some(): Action[] {
    const action = this.action();
    if (action.do !== 'block' || this.random() < 0.3) return [action];
    return [{ do: 'sendBatch', records: this.records(10) }, { do: 'advance', ms: 2 }, action];
  }

  private action(): Action {
    return this.weighted<Action>([
      { weight: 10, draw: () => this.send() },
      { weight: 6, draw: () => ({ do: 'sendBatch', records: this.records(25) }) },
      { weight: 8, draw: () => ({ do: 'advance', ms: this.upTo(300) }) },
      { weight: 5, draw: () => ({ do: 'advance', ms: this.upTo(8_000) }) },
      { weight: 2, draw: () => ({ do: 'block', ms: this.upTo(5_000) }) },
      { weight: 1, draw: () => ({ do: 'flush', timeoutMs: this.upTo(3_000) }) },
      { weight: 3, draw: () => this.outage() },
      { weight: 3, draw: () => ({ do: 'brokers', nodes: allNodes, state: 'up' }) },
      { weight: 3, draw: () => ({ do: 'weather', name: this.oneOf(weatherNames) }) },
      { weight: 1, draw: () => ({ do: 'move' }) },
      { weight: 1, draw: () => ({ do: 'createTopic' }) },
      { weight: 1, draw: () => ({ do: 'clientDies' }) },
      {
        weight: 2,
        draw: () => ({
          do: 'restart',
          after: this.oneOf(['close', 'kill', 'power loss']),
          downMs: this.upTo(2_000),
        }),
      },
    ]);
  }

  private send(): Action {
    const via = this.oneOf(['promise', 'callback', 'forget'] as const);
    return { do: 'send', via, records: this.records(4) };
  }

  private outage(): Action {
    const nodes = this.random() < 0.6 ? allNodes : [1 + this.upTo(2)];
    return { do: 'brokers', nodes, state: this.random() < 0.7 ? 'down' : 'paused' };
  }

  private records(most: number): RecordPlan[] {
    // Few keys make long lanes.
    const keys = 1 + this.upTo(3);
    return Array.from({ length: 1 + this.upTo(most - 1) }, () => this.record(keys));
  }

  private record(keys: number): RecordPlan {
    const form = this.weighted(forms.map(([weight, form]) => ({ weight, draw: () => form })));
    return {
      topic: this.random() < 0.05 ? lateTopic : this.oneOf(topics),
      key: this.random() < 0.15 ? null : `k${this.upTo(keys - 1)}`,
      form,
      bytes: form === 'huge' ? this.oneOf(hugeBytes) : this.upTo(60),
      ...(this.random() < 0.1 && { partition: this.upTo(partitions - 1) }),
      ...(this.random() < 0.2 && { deliveryTimeoutMs: this.oneOf([1, 100, 3_000, 60_000, Infinity]) }),
      ...(this.random() < 0.01 && { poison: true }),
      ...(this.random() < 0.01 && { spoilt: this.oneOf(waysToSpoil) }),
    };
  }

  private weighted<T>(choices: readonly Weighted<T>[]): T {
    let dice = this.random() * choices.reduce((sum, { weight }) => sum + weight, 0);
    const chosen = choices.find(({ weight }) => (dice -= weight) < 0) ?? choices[0];
    if (chosen === undefined) throw new Error('nothing to choose from');
    return chosen.draw();
  }

  private oneOf<const T>(all: readonly T[]): T {
    const one = all[this.upTo(all.length - 1)];
    if (one === undefined) throw new Error('nothing to choose from');
    return one;
  }

  /** Returns a whole number up to `most`, inclusive. */
  private upTo(most: number): number {
    return Math.floor(this.random() * (most + 1));
  }
}

const weatherNames = [
  'calm',
  'refusing',
  'breaking',
  'slow',
  'asleep',
  'rough',
] as const satisfies readonly (keyof typeof weathers)[];

const forms: readonly (readonly [weight: number, Form])[] = [
  [20, 'text'],
  [20, 'own'],
  [20, 'pooled'],
  [8, 'shared'],
  [4, 'null'],
  [2, 'huge'],
  [1, 'detached later'],
  [0.5, 'detached'],
  [0.5, 'proxy'],
  [0.5, 'impostor'],
];

/**
 * Around the limits of a topic (4 KiB), a request of the producer (8 KiB), and its buffer (64 KiB).
 */
const hugeBytes = [1_000, 3_900, 4_090, 4_200, 8_100, 9_000, 30_000, 65_000, 70_000];
