import type { Adapter, ErrorCode, Outcome, ProducerRecord } from '@holdfast/core';
import type { Ability, KafkaControl, TopicSettings } from './kafka-control.js';

/** A client's settings for a case, independent of the client. */
export interface ClientSettings {
  readonly brokers: readonly string[];
  /** How long the adapter waits for a response, ms. */
  readonly requestTimeoutMs: number;
  readonly tls?: { readonly ca: string };
  readonly sasl?: { readonly mechanism: string; readonly username: string; readonly password: string };
  readonly compression?: 'none' | 'gzip';
  readonly idempotent?: boolean;
}

export type MakeAdapter = (settings: ClientSettings) => Adapter;

/** The expected outcome of a record. Of a list of codes or statuses, any one. */
export type Expected =
  | { readonly status: 'delivered'; readonly partition?: number; readonly timestamp?: number }
  | {
      readonly status: 'failed' | 'unknown' | readonly ('failed' | 'unknown')[];
      readonly code: ErrorCode | readonly ErrorCode[];
      readonly retriable: boolean;
      /** The code in the protocol, if a broker responded. */
      readonly kafka?: number;
    };

/**
 * A step of a case: an optional disturbance, records sent as one batch, and their expected
 * outcomes.
 */
export interface Step {
  /** Breaks or repairs the cluster first. `topic` returns the real name of a topic of the case. */
  readonly first?: (control: KafkaControl, topic: TopicNames) => Promise<void>;
  readonly records?: (topic: TopicNames) => readonly ProducerRecord[];
  /** One per record, or one for all. */
  readonly expected?: readonly Expected[] | Expected | ((topic: TopicNames) => readonly Expected[]);
  /** Sends records again until all are delivered; meanwhile all errors must be retriable. */
  readonly untilDelivered?: boolean;
  /**
   * Waits for the event `disconnected` before it sends: the client may still take records given
   * earlier.
   */
  readonly onceDisconnected?: boolean;
  /** Sends with a second client, created in the first such step. */
  readonly newClient?: boolean;
}

/** Maps a topic's name in the case to its name on the cluster. */
export type TopicNames = (name: string) => string;

/**
 * The same records and faults, and so the same outcomes and error codes, for all adapters.
 * Delivered records are read back and compared byte for byte, at their partition and offset.
 */
export interface AdapterCase {
  readonly name: string;
  readonly cluster: 'plain' | 'secure';
  /** The fewest brokers that the case needs. Default 1. */
  readonly brokers?: number;
  /** What the case does to brokers. Default: nothing. */
  readonly needs?: readonly Ability[];
  readonly client?: (control: KafkaControl) => Partial<ClientSettings>;
  readonly topics?: { readonly [name: string]: TopicSettings };
  /** Runs before the client connects. The topic is ready by then. */
  readonly before?: (control: KafkaControl, topic: TopicNames) => Promise<void>;
  readonly steps: readonly Step[];
  /**
   * Runs in any case and gets all brokers running again; the runner then waits until they are in
   * sync.
   */
  readonly after?: (control: KafkaControl) => Promise<void>;
  /** Texts that must not appear in any log line or error. */
  readonly secrets?: (control: KafkaControl) => readonly string[];
}

/** Describes an unexpected outcome, for a message. */
export const shown = (outcome: Outcome | undefined): string => {
  if (outcome === undefined) return 'none';
  if (!('error' in outcome)) return JSON.stringify(outcome);
  const { code, retriable, kafka, message } = outcome.error;
  return `${outcome.status} ${code}${retriable ? ' (retriable)' : ''}${kafka === undefined ? '' : ` ${kafka.name}`}: ${message}`;
};
