import { contentCases } from './content-cases.js';
import type { ReaderCase } from './reader-case.js';
import { readerTroubleCases } from './trouble-cases.js';

/** The behaviour of `readTopic` on real Kafka, for all clients. */
export const readerCases: readonly ReaderCase[] = [...contentCases, ...readerTroubleCases];
