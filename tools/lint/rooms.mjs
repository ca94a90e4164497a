/**
 * The rooms of each package, from the ground up: a file may import from its own room, from those
 * before it, and from the files that stand in no room.
 *
 * @type {Record<string, readonly string[]>}
 */
const rooms = {
  core: ['foreign', 'contract', 'intake', 'kit', 'system', 'codec', 'adapter-kit', 'chain', 'producer'],
  buffer: ['batch', 'queue', 'send'],
  'circuit-breaker': ['health', 'controller'],
  'dead-letter-queue': ['letter', 'format', 'sinks', 'pending', 'replay'],
  journal: ['format', 'log', 'open', 'inspect', 'deliver', 'accept'],
  metrics: ['stats', 'instruments', 'observing', 'traces', 'recording', 'health'],
  'adapter-kafkajs': ['wire', 'client', 'cluster', 'read', 'send'],
  'adapter-confluent': ['client', 'cluster', 'read', 'send'],
  testing: [
    'property',
    'values',
    'disk',
    'env',
    'history',
    'wire',
    'memory',
    'scripted',
    'conformance',
    'adapter',
    'chain',
    'middleware',
    'adapter-cases',
    'reader-cases',
    'on-kafka',
  ],
};

const tests = '\\.(test|test-d|fixture)\\.ts$';

/** One rule for each room but the uppermost: it imports none of those above it. */
export const oneWay = Object.entries(rooms).flatMap(([name, order]) =>
  order.slice(0, -1).map((room, index) => ({
    name: 'one-way',
    comment:
      'This room stands below the one that it imports from (tools/lint/rooms.mjs). Move what both need into the lower one, or return a result instead of calling upward.',
    severity: 'error',
    from: { path: `^packages/${name}/src/${room}/`, pathNot: tests },
    to: { path: `^packages/${name}/src/(${order.slice(index + 1).join('|')})/` },
  })),
);
