import { ConfigurationError } from '../contract/configuration-error.js';
import type { Adapter } from '../contract/adapter.js';
import { cutName } from '../foreign/cut-name.js';
import type { Middleware, Traits } from '../contract/middleware.js';
import { isTaken } from './taken-adapters.js';

interface Placed {
  readonly name: string;
  /** The name as messages show it. */
  readonly shown: string;
  readonly traits: Traits;
}

/** Looks at the whole chain, outermost first; answers each problem with its remedy. */
type Rule = (chain: readonly Placed[], hasUndeliverableHandler: boolean) => string[];

const below = (chain: readonly Placed[], index: number): readonly Placed[] => chain.slice(index + 1);

const onlyOnce: Rule = (chain) =>
  chain.flatMap(({ name, shown, traits }, index) =>
    !traits.repeatable && below(chain, index).some((other) => other.name === name)
      ? [
          `'${shown}' stands in the chain more than once; keep one, or give a second one that is meant a name of its own`,
        ]
      : [],
  );

const oneTerminal: Rule = (chain) =>
  chain
    .filter(({ traits }) => traits.terminal)
    .map(
      ({ shown }) =>
        `two terminal stages: '${shown}' in use hands nothing on, and the adapter is the end of the chain; give '${shown}' as the adapter, or remove it`,
    );

/** When a stage may settle a record that Kafka does not have; `undefined`: never. */
function acceptance({ answers, acceptsAfterMs = Infinity }: Traits): string | undefined {
  if (answers === 'acceptance') return 'on acceptance';
  return acceptsAfterMs < Infinity ? `on acceptance after ${acceptsAfterMs} ms` : undefined;
}

const resultsReachThoseWhoNeedThem: Rule = (chain) =>
  chain.flatMap(({ shown, traits }, index) => {
    if (!traits.needsDeliveryResults) return [];
    const blind = below(chain, index).find((other) => acceptance(other.traits) !== undefined);
    return blind === undefined
      ? []
      : [
          `'${shown}' sees no delivery results: the '${blind.shown}' below it answers ${acceptance(blind.traits)}; move '${shown}' below '${blind.shown}'`,
        ];
  });

const resendingKeepsLanesClosed: Rule = (chain) =>
  chain.flatMap(({ shown, traits }, index) => {
    if (!traits.resends) return [];
    const keeper = below(chain, index).find((other) => other.traits.keepsLanes);
    return keeper === undefined
      ? []
      : [
          `'${shown}' above '${keeper.shown}' breaks the order within a key: while '${shown}' holds a record, '${keeper.shown}' sends the later ones of its key; move '${shown}' below '${keeper.shown}'`,
        ];
  });

const acceptedIsNeverSilentlyLost: Rule = (chain, hasUndeliverableHandler) =>
  chain.flatMap(({ shown, traits }, index) => {
    const when = acceptance(traits);
    if (when === undefined || hasUndeliverableHandler) return [];
    if (below(chain, index).some((other) => other.traits.diverts)) return [];
    return [
      `'${shown}' answers ${when}, so a record that fails later would fail in silence; put a dead-letter queue below it, or give onUndeliverable`,
    ];
  });

const rules: readonly Rule[] = [
  onlyOnce,
  oneTerminal,
  resultsReachThoseWhoNeedThem,
  resendingKeepsLanesClosed,
  acceptedIsNeverSilentlyLost,
];

/** Refuses a chain that breaks a promise, all problems at once, with `INVALID_CHAIN`. */
export function checkComposition(
  use: readonly Middleware[],
  adapter: Adapter,
  hasUndeliverableHandler = false,
): void {
  const shape = [...use.flatMap(shapeProblem), ...adapterProblem(adapter)];
  const placed = use.filter((one) => shapeProblem(one, 0).length === 0);
  const chain = placed.map(({ name, traits }) => ({ name, shown: cutName(name), traits: traits ?? {} }));
  const problems = [...shape, ...rules.flatMap((rule) => rule(chain, hasUndeliverableHandler))];
  if (problems.length === 0) return;
  const unique = [...new Set(problems)];
  throw new ConfigurationError('INVALID_CHAIN', `this chain cannot work: ${unique.join('; ')}`, {
    problems: unique,
  });
}

/** What works, but promises less than a reader may expect. */
export function compositionNotes(use: readonly Middleware[]): string[] {
  if (use.some(({ traits }) => traits?.keepsLanes)) return [];
  return use
    .filter(({ traits }) => traits?.resends)
    .map(
      ({ name }) =>
        `'${cutName(name)}' without a buffer above it: order within a key is only what the client keeps; add buffer() above '${cutName(name)}'`,
    );
}

function shapeProblem(middleware: unknown, index: number): string[] {
  try {
    return problemOfShape(middleware, index);
  } catch {
    return [`use[${index}] cannot be read: a getter or a Proxy throws`];
  }
}

function problemOfShape(middleware: unknown, index: number): string[] {
  if (typeof middleware === 'object' && middleware !== null) {
    if (
      'bind' in middleware &&
      typeof middleware.bind === 'function' &&
      'name' in middleware &&
      typeof middleware.name === 'string' &&
      middleware.name !== ''
    )
      return [];
    if ('connect' in middleware && 'send' in middleware) {
      return [`use[${index}] is an adapter: two terminal stages; give the adapter as 'adapter', not in use`];
    }
  }
  if (Array.isArray(middleware)) {
    return [
      `use[${index}] is an array: spread it, as use: [...recommended()], or give it alone, as use: recommended()`,
    ];
  }
  return [
    `use[${index}] is no middleware; a middleware is { name, bind(next, env) }, as retry() returns (was it called?)`,
  ];
}

function adapterProblem(adapter: unknown): string[] {
  try {
    return problemOfAdapter(adapter);
  } catch {
    return ['adapter cannot be read: a getter or a Proxy throws'];
  }
}

function problemOfAdapter(adapter: unknown): string[] {
  if (typeof adapter !== 'object' || adapter === null || !('connect' in adapter) || !('send' in adapter)) {
    return ['adapter is not an adapter; give kafkajsAdapter(…), confluentAdapter(…) or one of your own'];
  }
  const missing = ['connect', 'send', 'flush', 'disconnect'].filter(
    (method) => typeof Reflect.get(adapter, method) !== 'function',
  );
  if (missing.length > 0) return [`adapter is incomplete: it lacks ${missing.join(', ')}`];
  return isTaken(adapter)
    ? [
        'adapter serves another producer already, or has served one that is closed; make an adapter for each producer',
      ]
    : [];
}
