import type { BrokerStatus } from '@holdfast/kafka';
import type { Chain } from '../names.js';
import type { Progress } from '../service/messages.js';
import { whole } from './table.js';

const words = { running: 'up', paused: 'PAUSED', stopped: 'DEAD' } as const;

/** A line for the brokers, and one for each chain: what was sent, acknowledged, is in flight, and failed. */
export function progressLines(
  brokers: readonly BrokerStatus[],
  progress: { readonly [chain in Chain]: Progress },
): string[] {
  const states = brokers.map(({ id, state }) => `${id} ${words[state]}`).join('  ');
  return [
    `brokers   ${states}`,
    ...Object.entries(progress).map(([chain, counts]) => countsOf(chain, counts)),
  ];
}

function countsOf(chain: string, { sent, acknowledged, rejected }: Progress): string {
  const inFlight = sent - acknowledged - rejected;
  const counts = { sent, ok: acknowledged, 'in flight': inFlight, failed: rejected };
  return [chain.padEnd(8), ...Object.entries(counts).map(([name, count]) => `${name} ${whole(count)}`)].join(
    '  ',
  );
}
