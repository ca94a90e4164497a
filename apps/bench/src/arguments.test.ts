import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.js';
import { UsageError } from '@holdfast/kafka/command-line';

const nothing = {
  filters: [],
  pairs: 7,
  records: undefined,
  quick: false,
  json: false,
  check: false,
  list: false,
  publish: false,
  redraw: false,
};

describe('parseArguments', () => {
  it.each([
    [[], {}],
    [['kafkajs'], { filters: ['kafkajs'] }],
    [['--case', 'chain', '--case=dispatcher', 'mock'], { filters: ['mock', 'chain', 'dispatcher'] }],
    [['chain,dispatcher'], { filters: ['chain', 'dispatcher'] }],
    [['--pairs', '9', '--records', '1000'], { pairs: 9, records: 1_000 }],
    [['--quick'], { quick: true, pairs: 2 }],
    [['--quick', '--pairs', '3'], { quick: true, pairs: 3 }],
    [['chain', '--publish'], { filters: ['chain'], publish: true }],
    [['--redraw'], { redraw: true }],
    [['--json', '--check', '--list'], { json: true, check: true, list: true }],
  ])('%j', (argv, choices) => {
    expect(parseArguments(argv)).toEqual({ ...nothing, ...choices });
  });

  it('recognises that help is wanted', () => {
    expect(parseArguments(['-h'])).toBe('help');
  });

  it('does not publish a smoke test', () => {
    expect(() => parseArguments(['--quick', '--publish'])).toThrow(/--publish: not with --quick/);
  });

  it('names every problem at once', () => {
    expect(() => parseArguments(['--pairs', '0', '--records', 'many', '--case='])).toThrow(
      /--pairs: .*not '0'; --records: .*not 'many'; --case/,
    );
  });

  it.each([[['--fast']], [['--pairs']], [['--json=yes']]])('refuses %j', (argv) => {
    expect(() => parseArguments(argv)).toThrow(UsageError);
  });
});
