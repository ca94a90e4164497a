import { resolve } from 'node:path';
import type { Env, Send } from '@holdfast/core/stage';
import type { ResolvedDeadLetterQueueOptions } from '../options.js';
import { CallbackSink } from './callback-sink.js';
import { FileSink } from './file-sink.js';
import { RollingFileWriter } from './file/rolling-file-writer.js';
import type { Sink, SinkName } from './sink.js';
import { TopicSink } from './topic-sink.js';

export interface SinkContext {
  readonly options: ResolvedDeadLetterQueueOptions;
  readonly next: Send;
  readonly env: Env;
  readonly runId: string;
  /** Reports what a function of the user's threw, by the name of its option. */
  readonly userFunctionThrew: (name: string, error: unknown) => void;
}

/** Returns the sinks of the options, in the order in which letters are offered to them. */
export const createSinks = (context: SinkContext): readonly Sink[] =>
  context.options.order.map((name) => factories[name](context)).filter((sink) => sink !== undefined);

const factories: { readonly [name in SinkName]: (context: SinkContext) => Sink | undefined } = {
  topic: ({ options, next, env, userFunctionThrew }) =>
    options.topic === undefined
      ? undefined
      : new TopicSink({ ...options, topic: options.topic }, next, env, userFunctionThrew),
  file: ({ options, env: { clock, disk, logger }, runId }) => {
    if (options.file === undefined) return undefined;
    const { maxFileBytes, maxBytes } = options.file;
    const directory = resolve(options.file.directory);
    return new FileSink(
      new RollingFileWriter({ disk, clock, logger, directory, runId, maxFileBytes, maxBytes }),
      options,
    );
  },
  callback: ({ options, env: { clock }, userFunctionThrew }) =>
    options.callback &&
    new CallbackSink({ ...options, callback: options.callback }, clock, userFunctionThrew),
};
