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
  it('is kafkajs and the short form of some acts by default', () => {
    expect(parseArguments([])).toEqual({
      clients: ['kafkajs'],
      acts: ['leader', 'cluster', 'kill', 'dead-letters'],
      full: false,
      rate: 1_000,
      records: undefined,
      json: false,
      metricsPort: undefined,
    });
  });

  it('serves metrics on request, and on a given port', () => {
    expect(parseArguments(['--metrics'])).toMatchObject({ metricsPort: 9_464 });
    expect(parseArguments(['--metrics-port', '9100'])).toMatchObject({ metricsPort: 9_100 });
    expect(problemsOf('--metrics-port', '65534')).toBe(
      "--metrics-port: a whole number from 1 to 65533, not '65534'",
    );
  });

  it('--all takes both clients at full length', () => {
    expect(parseArguments(['--all', '--json'])).toMatchObject({
      clients: ['kafkajs', 'confluent'],
      acts: ['leader', 'ways', 'cluster', 'pause', 'kill', 'dead-letters'],
      full: true,
      json: true,
    });
  });

  it('--client and --act narrow --all down', () => {
    const choices = parseArguments(['--all', '--client', 'confluent', '--act', 'pause', '--act=leader']);
    expect(choices).toMatchObject({ clients: ['confluent'], acts: ['leader', 'pause'], full: true });
  });

  it('takes lists with commas, in the order of the acts', () => {
    const choices = parseArguments(['--client', 'confluent,kafkajs', '--act', 'pause,cluster']);
    expect(choices).toMatchObject({ clients: ['kafkajs', 'confluent'], acts: ['cluster', 'pause'] });
  });

  it('takes a number of records and a rate', () => {
    expect(parseArguments(['--records', '5000', '--rate', '250'])).toMatchObject({
      records: 5_000,
      rate: 250,
    });
  });

  it('ignores everything else when help is wanted', () => {
    expect(parseArguments(['-h', '--rate', 'none'])).toBe('help');
  });

  it('names every wrong value at once, with the allowed values', () => {
    const problems = problemsOf('--client', 'rdkafka', '--act', 'fire', '--records', '0', '--rate', '1e9');
    expect(problems).toBe(
      "--client: kafkajs, confluent, not 'rdkafka'; --act: leader, ways, cluster, pause, kill, dead-letters, not 'fire'; " +
        "--rate: a whole number from 1 to 50000, not '1e9'; --records: a whole number from 1 to 10000000, not '0'",
    );
  });

  it.each([
    [['--broker', '1'], "unknown option '--broker'"],
    [['--record', '1'], "unknown option '--record' (did you mean '--records'?)"],
    [['more'], "unexpected argument 'more'"],
    [['--records'], '--records: <n> is missing'],
    [['--all=yes'], '--all takes no value'],
  ])('refuses %s', (argv, words) => {
    expect(problemsOf(...argv)).toContain(words);
  });
});
