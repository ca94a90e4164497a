import { fileDeadLetters, topicDeadLetters, type DeadLetterSource } from '@holdfast/dead-letter-queue';
import type { OptionSpecs } from '../arguments/command.js';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import type { Context } from '../context.js';
import type { ProducerModule } from '../modules/producer-module.js';
import { expectDeadLetters } from '../path-kind.js';
import { withProducer } from '../modules/with-producer.js';

/** Exactly one of the two is defined. */
export interface SourceChoices {
  readonly path: string | undefined;
  readonly topic: string | undefined;
}

export const operands = '<directory-or-file> | --topic <name>';

export const sourceOptionSpecs: OptionSpecs = {
  topic: {
    type: 'string',
    value: '<name>',
    help: "reads a topic instead of files, with the export 'readTopic' of the module of --producer",
  },
};

export function sourceChoices(args: ParsedArguments): SourceChoices {
  const topic = args.text('topic');
  if (topic === undefined)
    return { topic, path: args.requiredOperand('the directory or file of dead letters, or --topic,') };
  const path = args.operand();
  if (path !== undefined) args.refuse('either a path or --topic, not both');
  return { path: undefined, topic };
}

/** Runs `use` with the source, and with the module if there is one. */
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
