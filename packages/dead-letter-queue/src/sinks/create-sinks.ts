import { resolve } from 'node:path';
import type { Env, Send } from '@holdfast/core/stage';
import type { ResolvedDeadLetterQueueOptions } from '../options.js';
import { CallbackSink } from './callback-sink.js';
import { LetterLog } from './file/rolling-file.js';
import { FileSink } from './file-sink.js';
import type { Sink, SinkName } from './sink.js';
import { TopicSink } from './topic-sink.js';

export interface SinksOf {
  readonly options: ResolvedDeadLetterQueueOptions;
  readonly next: Send;
  readonly env: Env;
  readonly runId: string;
  readonly threw: (what: string, error: unknown) => void;
}

/** The sinks that were asked for, in their order. */
export const makeSinks = (of: SinksOf): readonly Sink[] =>
  of.options.order.map((name) => makers[name](of)).filter((sink) => sink !== undefined);

const makers: { readonly [name in SinkName]: (of: SinksOf) => Sink | undefined } = {
  topic: ({ options, next, env, threw }) =>
    options.topic === undefined
      ? undefined
      : new TopicSink({ ...options, topic: options.topic }, next, env, threw),
  file: ({ options, env: { clock, disk, logger }, runId }) => {
    if (options.file === undefined) return undefined;
    const { maxFileBytes, maxBytes } = options.file;
    const directory = resolve(options.file.directory);
    return new FileSink(
      new LetterLog({ disk, clock, logger, directory, runId, maxFileBytes, maxBytes }),
      options,
    );
  },
  callback: ({ options, env: { clock }, threw }) =>
    options.callback && new CallbackSink({ ...options, callback: options.callback }, clock, threw),
};
