import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type * as ClientPackage from '@confluentinc/kafka-javascript';
import { ProducerError } from '@holdfast/core';
import { clientName, loadProblem } from './load-problem.js';
import { ownLocation } from './own-location.js';
import { stage } from '../stage.js';

let loaded: typeof ClientPackage | undefined;

/** The client is an optional peer, so that importing this package needs no native binding until a producer is made. */
export function loadClient(): typeof ClientPackage.RdKafka {
  try {
    loaded ??= createRequire(ownLocation())(clientName) as typeof ClientPackage;
  } catch (cause) {
    const problem = loadProblem(cause);
    throw new ProducerError('INVALID_OPTIONS', problem, { cause, problems: [problem], stage });
  }
  return loaded.RdKafka;
}

/** Why the client cannot be used in this thread; `undefined`: it can. */
export const threadProblem = (): string | undefined =>
  isMainThread
    ? undefined
    : `${clientName} ends the whole process when it runs in a worker thread: make the adapter on the main thread or in a ` +
      "child process (vitest: pool 'forks'; jest: without workerThreads), or take @holdfast/adapter-kafkajs";
