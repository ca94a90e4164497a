import { parseArguments, type Choices } from './arguments.js';
import { UsageError } from '@holdfast/kafka/command-line';

/**
 * Returns whether a run with these arguments needs the native binding of the confluent client,
 * which takes minutes to compile. `tools/setup/run.mjs` calls it before the run.
 */
export function needsBinding(argv: readonly string[]): boolean {
  try {
    const choices = parseArguments(argv);
    return choices !== 'help' && usesConfluent(choices);
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

function usesConfluent(choices: Choices): boolean {
  switch (choices.command) {
    case 'kills':
      return choices.clients.includes('confluent');
    case 'endurance':
      return choices.client === 'confluent';
    case 'outages':
      return true;
    case 'syscalls':
      return false;
  }
}
