import { fileDeadLetters, topicDeadLetters, type DeadLetterSource } from '@holdfast/dead-letter-queue';
import type { OptionSpecs } from '../arguments/command.js';
import type { Given } from '../arguments/parsed-arguments.js';
import type { Context } from '../context.js';
import type { ProducerModule } from '../modules/producer-module.js';
import { expectDeadLetters } from '../path-kind.js';
import { withProducer } from '../modules/with-producer.js';

/** One of the two. */
export interface SourceChoices {
  readonly path: string | undefined;
  readonly topic: string | undefined;
}

export const operands = '<directory-or-file> | --topic <name>';

export const sourceOptions: OptionSpecs = {
  topic: {
    type: 'string',
    value: '<name>',
    help: "reads a topic in place of files, through the export 'readTopic' of the module of --producer",
  },
};

export function sourceChoices(given: Given): SourceChoices {
  const topic = given.text('topic');
  if (topic === undefined)
    return { topic, path: given.needed('the directory or file of dead letters, or --topic,') };
  const path = given.operand();
  if (path !== undefined) given.refuse('either a path or --topic, not both');
  return { path: undefined, topic };
}

/** Runs `use` with the source, and with the module when there is one to load. */
export async function withSource(
  { path, topic }: SourceChoices,
  producer: string | undefined,
  context: Context,
  use: (source: DeadLetterSource, module: ProducerModule | undefined) => Promise<number>,
): Promise<number> {
  if (path !== undefined) await expectDeadLetters(context.disk, path);
  const files = (): DeadLetterSource => fileDeadLetters(path ?? '', { disk: context.disk });
  if (producer === undefined) return use(files(), undefined);
  return withProducer(producer, context, async (module) =>
    use(topic === undefined ? files() : topicDeadLetters(await module.readTopic(topic)), module),
  );
}
