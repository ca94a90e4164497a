import { parseArguments } from './arguments.js';
import { UsageError } from '@holdfast/kafka/command-line';

/**
 * Returns whether the demo, with these arguments, needs the native binding of the confluent client,
 * which takes minutes to compile. It does for that client, and for the mock cluster, which replaces
 * a real Kafka where there is none. `tools/setup/run.mjs` calls it before the demo starts.
 */
export async function needsBinding(
  argv: readonly string[],
  hasKafka: () => Promise<boolean>,
): Promise<boolean> {
  try {
    const choices = parseArguments(argv);
    if (choices === 'help') return false;
    return choices.clients.includes('confluent') || (choices.acts.includes('pause') && !(await hasKafka()));
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}
