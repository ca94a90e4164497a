import { contentCases } from './content-cases.js';
import type { ReaderCase } from './reader-case.js';
import { readerTroubleCases } from './trouble-cases.js';

/** What a client's `readTopic` has to do on real Kafka. */
export const readerCases: readonly ReaderCase[] = [...contentCases, ...readerTroubleCases];
