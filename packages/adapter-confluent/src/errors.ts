import { ProducerError, type Failed } from '@holdfast/core';
import { failed } from '@holdfast/core/stage';
import { nativeCodes, placeOf } from './client/native-errors.js';
import type { Refused } from './cluster/session.js';
import { stage } from './stage.js';
import type { Ticket } from './send/in-flight-record.js';
import { noLeader, type PartitionState } from './cluster/topic-state.js';

/** librdkafka tries again by itself and does not say why it has to: what is known of the partition tells it. */
function reasonOf(
  partition: PartitionState,
  refusal: ProducerError | undefined,
): {
  readonly code: ProducerError['code'];
  readonly text: string;
} {
  if (refusal !== undefined) return { code: refusal.code, text: refusal.message };
  if (partition.leader === noLeader) {
    return { code: 'LEADER_UNAVAILABLE', text: 'the partition has no leader at the moment' };
  }
  if (partition.inSync < partition.replicas) {
    const { inSync, replicas } = partition;
    return {
      code: 'NOT_ENOUGH_REPLICAS',
      text: `${inSync} of ${replicas} replicas are in sync, perhaps fewer than the topic's min.insync.replicas`,
    };
  }
  return { code: 'REQUEST_TIMED_OUT', text: 'its leader does not answer' };
}

/** The client gave no report in time. Without a partition the record never got as far as the client. */
export function timedOut(
  { partition, delivery, session }: Ticket,
  refusal: ProducerError | undefined,
  afterMs: number,
): ProducerError {
  const place = placeOf({ topic: delivery.record.topic, partition: partition?.index });
  const { code, text } =
    partition === undefined
      ? { code: refusal?.code ?? 'REQUEST_TIMED_OUT', text: refusal?.message ?? 'its metadata did not come' }
      : reasonOf(partition, refusal);
  const state = session === 0 ? 'it was not sent' : 'the client still has it and may write it';
  return new ProducerError(
    code,
    `${place}: not confirmed within ${Math.round(afterMs)} ms (${text}); ${state}`,
    { retriable: true, stage },
  );
}

/** Records for the partition are still with the client although their time is over: this one would wait behind them. */
export function stuckBehind(partition: PartitionState, refusal: ProducerError | undefined): ProducerError {
  const { code, text } = reasonOf(partition, refusal);
  const place = placeOf({ topic: partition.topic, partition: partition.index });
  return new ProducerError(code, `${place}: not sent, as earlier records are not confirmed (${text})`, {
    retriable: true,
    stage,
  });
}

/** It was refused for another record perhaps, and is final all the same: sent again it might come behind later ones of its lane. */
export const overtaken = ({ error: { code, message, kafka, cause } }: Failed): Failed =>
  failed(
    new ProducerError(
      code,
      `${message}; the fault may be that of another record in its request, but later records of its lane may be written`,
      { kafka, cause, stage },
    ),
  );

/** What a record must end with that waits to be sent again, when it cannot wait on. */
export function overtakenWhileItWaits(ticket: Ticket): Failed | undefined {
  const refusal = ticket.partition?.suspects?.refusalOf(ticket);
  return refusal && overtaken(refusal);
}

export const noLeaderNow = ({ topic, index }: PartitionState): ProducerError =>
  new ProducerError(
    'LEADER_UNAVAILABLE',
    `${placeOf({ topic, partition: index })} has no leader at the moment; try again once one is elected`,
    { retriable: true, stage },
  );

export const noSuchPartition = (topic: string, asked: number, count: number, who: string): ProducerError =>
  new ProducerError(
    'UNKNOWN_PARTITION',
    `topic '${topic}' has no partition ${asked} (${who}): it has ${count}, from 0`,
    { field: 'partition', stage },
  );

export const noMetadata = (topic: string, why?: Refused): ProducerError =>
  new ProducerError(
    why?.code === nativeCodes.timedOut ? 'REQUEST_TIMED_OUT' : 'BROKER_UNREACHABLE',
    `topic '${topic}': not sent, as no broker told its partitions (${why?.message ?? 'no client'})`,
    { retriable: true, stage },
  );

export const closeTimedOut = (): ProducerError =>
  new ProducerError('CLOSE_TIMEOUT', 'the adapter was disconnected before the record was confirmed', {
    stage,
  });
