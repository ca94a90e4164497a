import { confluent } from './adapter-confluent.mjs';
import { kafkajs } from './adapter-kafkajs.mjs';
import { core } from './core.mjs';
import { journal } from './journal.mjs';
import { metrics } from './metrics.mjs';
import { middleware } from './middleware.mjs';
import { wholeChain } from './whole-chain.mjs';

/** @type {readonly import('../mutation.mjs').Mutation[]} */
export const mutations = [
  ...core,
  ...middleware,
  ...journal,
  ...kafkajs,
  ...confluent,
  ...metrics,
  ...wholeChain,
];
