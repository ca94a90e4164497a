import type { BrokerStatus } from '@holdfast/kafka';
import type { Progress } from '../service/messages.js';
import { whole } from './table.js';

const words = { running: 'up', paused: 'PAUSED', stopped: 'DEAD' } as const;

/** A service, and how far it is. */
export type NamedProgress = readonly [name: string, progress: Progress];

/** A line for the brokers, and one for each service: what was sent, and where it is now. */
export function progressLines(
  brokers: readonly BrokerStatus[],
  services: readonly NamedProgress[],
): string[] {
  const states = brokers.map(({ id, state }) => `${id} ${words[state]}`).join('  ');
  const width = Math.max(...services.map(([name]) => name.length), 'brokers'.length + 1);
  return [
    `${'brokers'.padEnd(width)}  ${states}`,
    ...services.map(([name, progress]) => countsOf(name.padEnd(width), progress)),
  ];
}

function countsOf(name: string, { sent, acknowledged, rejected, terms }: Progress): string {
  const { held = sent - acknowledged - rejected, deadLettered = 0 } = terms ?? {};
  // Of Holdfast the terms of conservation: with fire-and-forget they alone say what became of a record.
  const counts = {
    sent,
    ok: terms === undefined ? acknowledged : terms.delivered + terms.accepted,
    'in flight': held,
    ...(deadLettered > 0 && { 'dead letters': deadLettered }),
    failed: terms === undefined ? rejected : terms.failed + terms.unknown,
  };
  return [name, ...Object.entries(counts).map(([title, count]) => `${title} ${whole(count)}`)].join('  ');
}
