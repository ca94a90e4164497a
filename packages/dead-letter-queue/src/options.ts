import { aBoolean, checkOptions } from '@holdfast/core';

export interface DeadLetterQueueOptions {
  /** Count as settled only what failed. Default false. */
  readonly failuresOnly?: boolean;
}

export type ResolvedDeadLetterQueueOptions = Required<DeadLetterQueueOptions>;

/** Refuses wrong options with `INVALID_OPTIONS`, all at once. */
export function resolveOptions(options: DeadLetterQueueOptions): ResolvedDeadLetterQueueOptions {
  checkOptions('deadLetterQueue', options, { failuresOnly: aBoolean });
  return { failuresOnly: options.failuresOnly ?? false };
}
