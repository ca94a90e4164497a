import { describe, expect, it } from 'vitest';
import { UsageError } from '../options.js';
import { parseCommand } from './arguments.js';

describe('the command line', () => {
  it.each([
    [['--help'], { name: 'help' }],
    [['up', '-h'], { name: 'help' }],
    [['up'], { name: 'up', options: { brokers: 3, secure: false, autoCreateTopics: false, topics: [] } }],
    [
      ['up', '--brokers', '1', '--secure', '--port-base', '29092', '--auto-create'],
      {
        name: 'up',
        options: { brokers: 1, secure: true, autoCreateTopics: true, portBase: 29092, topics: [] },
      },
    ],
    [
      ['up', '--topic', 'orders', '--topic', 'a.b-c_d:12'],
      {
        name: 'up',
        options: {
          brokers: 3,
          secure: false,
          autoCreateTopics: false,
          topics: [
            { name: 'orders', partitions: 3 },
            { name: 'a.b-c_d', partitions: 12 },
          ],
        },
      },
    ],
    [['kill', '2'], { name: 'kill', id: 2 }],
    [['resume', 'all'], { name: 'resume', id: 'all' }],
    [['status'], { name: 'status' }],
    [['down'], { name: 'down' }],
  ])('%j', (argv, expected) => {
    expect(parseCommand(argv)).toEqual(expected);
  });

  it.each([
    [[], 'which command'],
    [['launch'], 'no such command: launch'],
    [['up', '--brokers', '2'], '--brokers: 1 or 3, not 2'],
    [['up', '--port-base', 'x'], '--port-base'],
    [['up', '--broker', '3'], '--broker'],
    [['up', '--topic', 'orders:0'], '--topic: a name, or name:partitions as orders:6, not orders:0'],
    [['up', 'now'], "up takes no 'now'"],
    [['kill'], "one broker's id, or all"],
    [['kill', '1', '2'], "one broker's id, or all"],
    [['kill', 'x'], "a broker's id or all, not x"],
    [['status', '--secure'], 'takes no option --secure'],
  ])('%j is refused', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
  });
});
