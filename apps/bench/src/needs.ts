import { parseArguments } from './arguments.js';
import type { BenchCase } from './cases/bench-case.js';
import { selectCases } from './cases/catalogue.js';
import { UsageError } from '@holdfast/kafka/command-line';

/**
 * Returns whether the bench, with these arguments, needs the native binding of the confluent
 * client, which takes minutes to compile. `tools/setup/run.mjs` calls it before the bench starts.
 */
export function needsBinding(argv: readonly string[]): boolean {
  try {
    const choices = parseArguments(argv);
    return (
      choices !== 'help' && !choices.list && !choices.redraw && selectCases(choices.filters).some(usesBinding)
    );
  } catch (error) {
    if (error instanceof UsageError) return false;
    throw error;
  }
}

/** A case has its client in its name; the mock cluster is part of the binding. */
const usesBinding = ({ name, needs }: BenchCase): boolean => needs === 'mock' || name.includes('confluent');
