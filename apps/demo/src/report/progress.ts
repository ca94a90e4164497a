import type { BrokerStatus } from '@holdfast/kafka';
import type { Progress } from '../service/messages.js';
import { whole } from './table.js';

const states = { running: 'up', paused: 'PAUSED', stopped: 'DEAD' } as const;

/** The name of a service, and its progress. */
export type NamedProgress = readonly [name: string, progress: Progress];

/** Returns a line for the brokers and one for each service: what was sent, and where it is now. */
export function progressLines(
  brokers: readonly BrokerStatus[],
  services: readonly NamedProgress[],
): string[] {
  const line = brokers.map(({ id, state }) => `${id} ${states[state]}`).join('  ');
  const width = Math.max(...services.map(([name]) => name.length), 'brokers'.length + 1);
  return [
    `${'brokers'.padEnd(width)}  ${line}`,
    ...services.map(([name, progress]) => countsOf(name.padEnd(width), progress)),
  ];
}

function countsOf(name: string, progress: Progress): string {
  const { sent, onTheirWay, terms } = progress;
  const { deadLettered = 0 } = terms ?? {};
  const counts = {
    sent,
    ok: okOf(progress),
    'in flight': onTheirWay,
    ...(deadLettered > 0 && { 'dead letters': deadLettered }),
    failed: terms === undefined ? progress.rejected : terms.failed + terms.unknown,
  };
  const words = Object.entries(counts).map(
    ([title, count]) => `${title} ${count === undefined ? '-' : whole(count)}`,
  );
  return [name, ...words].join('  ');
}

/**
 * Holdfast's own counts; undefined where a plain client has settled records and the caller was not
 * notified.
 */
function okOf({ sent, acknowledged, rejected, onTheirWay, terms }: Progress): number | undefined {
  if (terms !== undefined) return terms.delivered + terms.accepted;
  const isUntold = acknowledged + rejected === 0 && onTheirWay < sent;
  return isUntold ? undefined : acknowledged;
}
