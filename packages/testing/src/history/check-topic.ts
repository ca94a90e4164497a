import { bytesKey, describe, describeData, differingHeaders, placeOf } from './identity.js';
import type { Entry, FoundRecord, HistoryOptions, Violation } from './history-types.js';

/** I1: what was acknowledged is in the topic, where the receipt says. */
export function lostRecords(
  entries: Iterable<Entry>,
  { changesRecords = false }: HistoryOptions = {},
): Violation[] {
  const violations: Violation[] = [];
  for (const entry of entries) {
    const { outcome, found, id } = entry;
    if (entry.mayBeAbsent || (outcome?.status !== 'delivered' && outcome?.status !== 'accepted')) continue;
    if (found.length === 0) {
      violations.push({
        invariant: 'I1',
        id,
        message: `${describe(entry)} was answered '${outcome.status}' and is not in the topic`,
      });
    } else if (outcome.status === 'delivered' && !found.some((one) => isAt(one, outcome, changesRecords))) {
      violations.push({
        invariant: 'I1',
        id,
        message: `${describe(entry)} was answered 'delivered' with ${placeOf(outcome)}, but it is in ${found.map(placeOf).join(' and ')}`,
      });
    }
  }
  return violations;
}

const isAt = (
  { topic, partition, offset }: FoundRecord,
  said: { readonly topic: string; readonly partition: number; readonly offset: number },
  changesRecords: boolean,
): boolean =>
  (changesRecords || topic === said.topic) &&
  partition === said.partition &&
  (offset === undefined || said.offset < 0 || offset === said.offset);

/** I2: what is in the topic was sent, byte for byte, to the partition asked for. */
export function foreignRecord(
  entry: Entry | undefined,
  found: FoundRecord,
  options: HistoryOptions,
): Violation | undefined {
  if (entry === undefined) {
    if (options.othersWrite) return undefined;
    return {
      invariant: 'I2',
      message: `${placeOf(found)} holds what was never sent: ${describeData(found)}`,
    };
  }
  if (options.changesRecords) return undefined;
  const { record } = entry;
  const ignore = options.ignoreHeaders;
  const wrong = [
    ...(record.topic === found.topic ? [] : ['topic']),
    ...(bytesKey(record.key) === bytesKey(found.key) ? [] : ['key']),
    ...(bytesKey(record.value) === bytesKey(found.value) ? [] : ['value']),
    ...(record.partition === undefined || record.partition === found.partition
      ? []
      : [`partition (asked for ${record.partition})`]),
    ...(ignore === true
      ? []
      : differingHeaders(record.headers, found.headers, ignore ?? []).map((name) => `header '${name}'`)),
  ];
  if (wrong.length === 0) return undefined;
  return {
    invariant: 'I2',
    id: entry.id,
    message: `${describe(entry)} differs in ${placeOf(found)}: ${wrong.join(', ')}`,
  };
}

/** I4: a second copy needs an `unknown`, and what was answered `failed` is certainly not there. */
export function unexplainedCopies(entries: Iterable<Entry>): Violation[] {
  const violations: Violation[] = [];
  for (const entry of entries) {
    const { found, mayRepeat, outcome, id } = entry;
    if (found.length > 1 && !mayRepeat) {
      violations.push({
        invariant: 'I4',
        id,
        message: `${describe(entry)} stands ${found.length} times in the topic (${found.map(placeOf).join(', ')}), but never had the outcome 'unknown'`,
      });
    }
    if (found[0] !== undefined && outcome?.status === 'failed') {
      violations.push({
        invariant: 'I4',
        id,
        message: `${describe(entry)} was answered 'failed' (${outcome.error.code}), which says certainly not written, and is in ${placeOf(found[0])}: who sends it again duplicates it`,
      });
    }
  }
  return violations;
}
