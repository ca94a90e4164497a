import { systemClock } from './clock.js';
import { consoleLogger } from './logger.js';
import { nodeDisk } from './node-disk.js';

export const systemEnv = {
  clock: systemClock,
  random: Math.random,
  logger: consoleLogger,
  disk: nodeDisk,
} as const;
