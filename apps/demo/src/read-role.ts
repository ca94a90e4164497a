import type { Stage } from './acts/act.js';
import { accessOf, type Role } from './cast.js';
import { mixedRecords } from './mixed-records.js';
import { readBack } from './reader/read-back.js';
import type { ReadRecord } from './reader/read-record.js';
import { smallRecords, type Catalogue } from './records.js';

export const catalogueOf = ({ settings: { mix, topic } }: Pick<Role, 'settings'>): Catalogue =>
  mix === undefined ? smallRecords(topic) : mixedRecords(mix);

/** Reads all records in the topics of a role through the independent consumer. */
export async function readRole({ cluster, signal }: Stage, { topics }: Role): Promise<ReadRecord[]> {
  const access = accessOf(cluster, 'admin');
  const logs = await Promise.all(topics.map((topic) => readBack({ topic, access }, signal)));
  return logs.flat();
}
