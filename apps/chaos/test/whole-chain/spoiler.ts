import type { Middleware } from '@holdfast/core';
import type { SerializedRecord } from '@holdfast/core/stage';

/** A header that tells the faulty middleware what to do to the record. */
export const spoiltHeader = 'spoilt';

const faults: { readonly [how: string]: (record: SerializedRecord) => void } = {
  partition: (record) => (record.partition = -3),
  text: (record) => Reflect.set(record, 'value', 'text where bytes belong'),
  nothing: (record) => Reflect.set(record, 'value', undefined),
  header: (record) => Reflect.set(record.headers, 'n', 7),
};
export const waysToSpoil = Object.keys(faults);

/** A faulty middleware of the user's, for the records that request it. */
export function spoiler(): Middleware {
  return {
    name: 'spoiler',
    bind: (next) => ({
      send(batch, settle) {
        for (const { record } of batch) {
          const how = record.hasHeaders ? record.headers[spoiltHeader] : undefined;
          if (typeof how === 'string') faults[how]?.(record);
        }
        next(batch, settle);
      },
    }),
  };
}
