import { describe, expect, it } from 'vitest';
import { parseArguments } from './arguments.js';
import { UsageError } from '@holdfast/kafka/command-line';

const problemsOf = (...argv: string[]): string => {
  try {
    parseArguments(argv);
  } catch (error) {
    if (error instanceof UsageError) return error.message;
  }
  throw new Error(`no UsageError for ${argv.join(' ')}`);
};

describe('the command line', () => {
  it('kills 100 times over both clients, in both modes, by default', () => {
    expect(parseArguments(['kills'])).toEqual({
      command: 'kills',
      kills: 100,
      clients: ['kafkajs', 'confluent'],
      seed: undefined,
      acknowledge: undefined,
      fsync: undefined,
      brokers: 3,
      troubleEveryMs: 8_000,
      sabotage: false,
      json: false,
    });
  });

  it('takes every option of kills', () => {
    const argv =
      '--kills 7 --client file --seed 5 --acknowledge journaled --fsync never --brokers 1 --trouble 0';
    expect(parseArguments(['kills', ...argv.split(' '), '--sabotage', '--json'])).toEqual({
      command: 'kills',
      kills: 7,
      clients: ['file'],
      seed: 5,
      acknowledge: 'journaled',
      fsync: 'never',
      brokers: 1,
      troubleEveryMs: Infinity,
      sabotage: true,
      json: true,
    });
  });

  it('lets endurance take a minute, ten minutes, or any given time', () => {
    expect(parseArguments(['endurance'])).toMatchObject({ seconds: 60, client: 'kafkajs' });
    expect(parseArguments(['endurance', '--long'])).toMatchObject({ seconds: 600 });
    expect(parseArguments(['endurance', '--long', '--seconds', '15'])).toMatchObject({ seconds: 15 });
  });

  it('injects into every fifth call by default, in the way that works here', () => {
    expect(parseArguments(['syscalls'])).toEqual({
      command: 'syscalls',
      way: undefined,
      every: 5,
      json: false,
    });
    expect(parseArguments(['syscalls', '--with', 'disk', '--every', '1'])).toMatchObject({
      way: 'disk',
      every: 1,
    });
  });

  it('stops all brokers for 50 s, three times, by default', () => {
    expect(parseArguments(['outages'])).toEqual({ command: 'outages', times: 3, seconds: 50, json: false });
    expect(parseArguments(['outages', '--times', '1', '--seconds', '20'])).toMatchObject({
      times: 1,
      seconds: 20,
    });
    // A record that waits longer than deliveryTimeoutMs is given up, and rightly so.
    expect(problemsOf('outages', '--seconds', '120')).toContain('--seconds: a whole number from 1 to 100');
  });

  it.each([['--help'], ['-h'], ['kills', '-h', '--kills', 'none']])(
    'asked for help, asks for nothing else',
    (...argv) => {
      expect(parseArguments(argv)).toBe('help');
    },
  );

  it('names every wrong value at once, with the allowed values', () => {
    expect(problemsOf('kills', '--kills', '0', '--client', 'rdkafka', '--brokers', '2')).toBe(
      "--client: kafkajs, confluent, file, both, not 'rdkafka'; " +
        "--kills: a whole number from 1 to 1000000, not '0'; --brokers: 1, 3, not '2'",
    );
  });

  it.each([
    [[], 'a command is missing: one of kills, endurance, syscalls, outages'],
    [['fire'], "unknown command 'fire'; the commands are kills, endurance, syscalls, outages"],
    [['outage'], "unknown command 'outage' (did you mean 'outages'?)"],
    [['kills', '--seconds', '5'], "unknown option '--seconds'"],
    [['kills', 'more'], "unexpected argument 'more'"],
  ])('refuses %s', (argv, words) => {
    expect(problemsOf(...argv)).toContain(words);
  });
});
