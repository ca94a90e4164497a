import type { ProducerRecord } from '@holdfast/core';
import type { SentRecord } from '@holdfast/testing';
import { spoiltHeader } from './spoiler.js';

/** Where a value's bytes are, and what the user does with them. */
export type Form =
  /** Text. */
  | 'text'
  /** A buffer of its own. */
  | 'own'
  /** A part of a pool whose other parts hold other records. */
  | 'pooled'
  /** Of a `SharedArrayBuffer`. */
  | 'shared'
  /** A tombstone. */
  | 'null'
  /** Near the size that a topic, a request or the buffer takes, or beyond it. */
  | 'huge'
  /**
   * Detached before the call, or right after it, as by a transfer to a worker or a WebAssembly
   * memory that grows.
   */
  | 'detached'
  | 'detached later'
  /** Not bytes, though it looks like them. */
  | 'proxy'
  | 'impostor';

export interface RecordPlan {
  readonly topic: string;
  readonly key: string | null;
  readonly form: Form;
  readonly bytes: number;
  readonly partition?: number | undefined;
  readonly deliveryTimeoutMs?: number;
  /** Brokers refuse it permanently. */
  readonly poison?: boolean;
  /** What a faulty middleware does to it; see `spoiler`. */
  readonly spoilt?: string;
}

/** The allowed outcome of a record that was sent. */
export type Expectation =
  | 'delivery'
  | 'refusal'
  /** The user broke the contract: the record must still end, and harm no other. */
  | 'anything';

export interface Made {
  readonly record: ProducerRecord;
  /** The same in memory of its own. */
  readonly content: SentRecord;
  readonly expected: Expectation;
  /** What the user does right after the call. */
  readonly afterwards: () => void;
}

const poolBytes = 64 * 1024;
const idBytes = 16;
const nothing = (): void => undefined;

/** Makes records as users do. */
export class UsersMemory {
  private pool = Buffer.alloc(poolBytes);
  private poolAt = 0;

  /** `id` precedes the value, or follows the key. */
  make(plan: RecordPlan, id: string): Made {
    const text = `${id}|${'.'.repeat(plan.bytes)}`;
    const { value, content, expected, afterwards } = this.valueOf(plan.form, text);
    const isSpoilt = plan.spoilt !== undefined;
    const key = content === undefined || isSpoilt ? `${plan.key ?? ''}#${id}` : plan.key;
    const common = {
      topic: plan.topic,
      key,
      ...(plan.partition === undefined ? {} : { partition: plan.partition }),
      headers: {
        id: Buffer.from(id),
        ...(plan.poison === true ? { poison: 'yes' } : {}),
        ...(plan.spoilt === undefined ? {} : { [spoiltHeader]: plan.spoilt }),
      },
    };
    return {
      record: { ...common, value, deliveryTimeoutMs: plan.deliveryTimeoutMs },
      content: { ...common, value: content ?? null },
      expected: isSpoilt && expected === 'delivery' ? 'anything' : expected,
      afterwards,
    };
  }

  /** `content` is undefined where the value does not contain the id. */
  private valueOf(
    form: Form,
    text: string,
  ): {
    readonly value: ProducerRecord['value'];
    readonly content: string | undefined;
    readonly expected: Expectation;
    readonly afterwards: () => void;
  } {
    const plain = { content: text, expected: 'delivery', afterwards: nothing } as const;
    const spoilt = { content: undefined, expected: 'anything', afterwards: nothing } as const;
    switch (form) {
      case 'text':
        return { value: text, ...plain };
      case 'own':
      case 'huge':
        return { value: filled(new ArrayBuffer(text.length), text), ...plain };
      case 'pooled':
        return { value: this.pooled(text), ...plain };
      case 'shared':
        return { value: filled(new SharedArrayBuffer(text.length + 3), text, 3), ...plain };
      case 'null':
        return { value: null, content: undefined, expected: 'delivery', afterwards: nothing };
      case 'detached': {
        const buffer = new ArrayBuffer(text.length);
        const value = filled(buffer, text);
        detach(buffer);
        return { value, ...spoilt, expected: 'refusal' };
      }
      case 'detached later': {
        const buffer = new ArrayBuffer(text.length);
        return { value: filled(buffer, text), ...spoilt, afterwards: () => detach(buffer) };
      }
      case 'proxy':
        return { value: new Proxy(Buffer.from(text), {}), ...spoilt, expected: 'refusal' };
      case 'impostor':
        return { value: impostor(), ...spoilt, expected: 'refusal' };
    }
  }

  private pooled(text: string): Uint8Array {
    if (this.poolAt + text.length > poolBytes) {
      this.pool = Buffer.alloc(Math.max(poolBytes, text.length));
      this.poolAt = 0;
    }
    const view = this.pool.subarray(this.poolAt, this.poolAt + text.length);
    this.poolAt += text.length;
    view.write(text, 'latin1');
    return view;
  }
}

function filled(memory: ArrayBuffer | SharedArrayBuffer, text: string, at = 0): Uint8Array {
  const bytes = new Uint8Array(memory, at);
  bytes.set(Buffer.from(text, 'latin1').subarray(0, bytes.length));
  return bytes;
}

const detach = (buffer: ArrayBuffer): void => void structuredClone(buffer, { transfer: [buffer] });

/** Passes `instanceof Uint8Array`, but has none of its internal slots. */
const impostor = (): Uint8Array => Object.create(Uint8Array.prototype) as Uint8Array;

/** Returns the id of a record made here, as it was sent or as it was found. */
export function idOf({ key, value }: Pick<SentRecord, 'key' | 'value'>): string {
  const inValue = textBefore(value, '|');
  return inValue ?? textOf(key).split('#')[1] ?? '?';
}

function textBefore(data: SentRecord['value'], end: string): string | undefined {
  const [id, rest] = textOf(data).split(end, 2);
  return rest === undefined || id === '' ? undefined : id;
}

/**
 * Returns the beginning, which is enough for an id. Detached memory has none, nor has a value that
 * is not bytes.
 */
function textOf(data: unknown): string {
  if (typeof data === 'string') return data;
  if (!(data instanceof Uint8Array) || data.buffer.byteLength === 0) return '';
  return Buffer.from(data.subarray(0, idBytes)).toString('latin1');
}
