import type { Adapter, ErrorCode, Outcome, ProducerRecord } from '@holdfast/core';
import type { Ability, KafkaControl, TopicSettings } from './kafka-control.js';

/** What a case asks of a client, in no client's own words. */
export interface ClientSettings {
  readonly brokers: readonly string[];
  /** How long the adapter waits for an answer. */
  readonly requestTimeoutMs: number;
  readonly tls?: { readonly ca: string };
  readonly sasl?: { readonly mechanism: string; readonly username: string; readonly password: string };
  readonly compression?: 'none' | 'gzip';
  readonly idempotent?: boolean;
}

export type MakeAdapter = (settings: ClientSettings) => Adapter;

/** What has to become of a record. A list of codes or statuses: one of them. */
export type Expected =
  | { readonly status: 'delivered'; readonly partition?: number; readonly timestamp?: number }
  | {
      readonly status: 'failed' | 'unknown' | readonly ('failed' | 'unknown')[];
      readonly code: ErrorCode | readonly ErrorCode[];
      readonly retriable: boolean;
      /** The protocol's number, where a broker has spoken. */
      readonly kafka?: number;
    };

/** A part of a case: perhaps a disturbance, then records sent as one batch, and what has to become of each. */
export interface Step {
  /** Breaks or mends the cluster first. `topic` gives the real name of a topic of the case. */
  readonly first?: (control: KafkaControl, topic: TopicNames) => Promise<void>;
  readonly records?: (topic: TopicNames) => readonly ProducerRecord[];
  /** One for each record, or one for all. */
  readonly expected?: readonly Expected[] | Expected | ((topic: TopicNames) => readonly Expected[]);
  /** Sends again what is not delivered, until all is; meanwhile only errors that are retriable may come. */
  readonly untilDelivered?: boolean;
  /** Sent when the adapter has said `disconnected`; what it is given before may still go to its client. */
  readonly onceDisconnected?: boolean;
  /** Sent by a second client, which is made in the first such step. */
  readonly newClient?: boolean;
}

/** The name in the case, to the name on the cluster. */
export type TopicNames = (name: string) => string;

/**
 * The same records and the same troubles, and so the same outcomes and error codes, over every adapter.
 * Delivered records are read back and compared byte for byte, at their partition and offset.
 */
export interface AdapterCase {
  readonly name: string;
  readonly cluster: 'plain' | 'secure';
  /** Brokers that the case needs at least. Default 1. */
  readonly brokers?: number;
  /** What it does to brokers. Default: nothing. */
  readonly needs?: readonly Ability[];
  readonly client?: (control: KafkaControl) => Partial<ClientSettings>;
  readonly topics?: { readonly [name: string]: TopicSettings };
  /** Before the client connects. A topic is ready by then. */
  readonly before?: (control: KafkaControl, topic: TopicNames) => Promise<void>;
  readonly steps: readonly Step[];
  /** Whatever happened, all brokers run again after this; the runner waits until they are in sync. */
  readonly after?: (control: KafkaControl) => Promise<void>;
  /** No log line and no error may have one of these texts in it. */
  readonly secrets?: (control: KafkaControl) => readonly string[];
}

/** One that came otherwise than expected, for a message. */
export const shown = (outcome: Outcome | undefined): string => {
  if (outcome === undefined) return 'none';
  if (!('error' in outcome)) return JSON.stringify(outcome);
  const { code, retriable, kafka, message } = outcome.error;
  return `${outcome.status} ${code}${retriable ? ' (retriable)' : ''}${kafka === undefined ? '' : ` ${kafka.name}`}: ${message}`;
};
