import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that setup fetches or remembers. Git ignores it, and deleting it only costs time. */
export const cache = path.join(root, '.cache');

export const kafkaVersion = '4.2.0';
export const kafkaLibs = path.join(cache, `kafka-${kafkaVersion}`, 'libs');

export const prometheusFolder = path.join(cache, 'prometheus');

export const bindingPackage = path.join(root, 'node_modules/@confluentinc/kafka-javascript');

/** The oldest Node.js that the packages support, as in `engines`. */
export const minimumNode = /** @type {const} */ ([20, 19]);
/** Kafka 4's brokers need Java 17: https://kafka.apache.org/42/documentation.html#java */
export const minimumJava = 17;
