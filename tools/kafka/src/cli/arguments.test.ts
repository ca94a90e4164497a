import { describe, expect, it } from 'vitest';
import { UsageError } from '../usage-error.js';
import { parseCommand } from './arguments.js';

describe('the command line', () => {
  it.each([
    [['--help'], 'help'],
    [['up', '-h'], 'help'],
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
    [[], 'a command is missing: one of up, kill,'],
    [['launch'], "unknown command 'launch'; the commands are up, kill,"],
    [['up', '--brokers', '2'], "--brokers: 1, 3, not '2'"],
    [['up', '--port-base', 'x'], "--port-base: a whole number from 1024 to 65500, not 'x'"],
    [['up', '--broker', '3'], "unknown option '--broker' (did you mean '--brokers'?)"],
    [['up', '--topic', 'orders:0'], "--topic: a name, or name:partitions as orders:6, not 'orders:0'"],
    [['up', 'now'], "unexpected argument 'now'"],
    [['kill'], "one broker's id, or all, not ''"],
    [['kill', '1', '2'], "one broker's id, or all, not '1 2'"],
    [['kill', 'x'], "one broker's id, or all, not 'x'"],
    [['status', '--secure'], "unknown option '--secure'"],
  ])('%j is refused', (argv, message) => {
    expect(() => parseCommand(argv)).toThrow(UsageError);
    expect(() => parseCommand(argv)).toThrow(message);
  });
});
