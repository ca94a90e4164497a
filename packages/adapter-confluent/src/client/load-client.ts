import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type * as ClientPackage from '@confluentinc/kafka-javascript';
import { clientNotLoaded } from '../errors.js';
import { clientName, loadProblem } from './load-problem.js';
import { ownLocation } from './own-location.js';

let loaded: typeof ClientPackage | undefined;

/**
 * Returns the client's package, loaded on the first call: it is an optional peer, so importing this
 * package needs no native binding. Throws `INVALID_OPTIONS` when it cannot be loaded.
 */
export function loadClient(): typeof ClientPackage.RdKafka {
  try {
    loaded ??= createRequire(ownLocation())(clientName) as typeof ClientPackage;
  } catch (cause) {
    throw clientNotLoaded(loadProblem(cause), cause);
  }
  return loaded.RdKafka;
}

/** Returns why the client cannot be used in this thread; `undefined` when it can. */
export const threadProblem = (): string | undefined =>
  isMainThread
    ? undefined
    : `${clientName} ends the whole process when it runs in a worker thread: make the adapter on the main thread or in a ` +
      "child process (vitest: pool 'forks'; jest: without workerThreads), or use @holdfast/adapter-kafkajs";
