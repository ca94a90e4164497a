import { describe, expect, it } from 'vitest';
import * as preset from './index.js';

describe('the exports of the preset', () => {
  it('are those of users, and none for authors of middleware or adapters', () => {
    expect(Object.keys(preset).sort()).toEqual([
      'CloseError',
      'ConfigurationError',
      'DeliveryError',
      'FlushError',
      'ProducerError',
      'buffer',
      'circuitBreaker',
      'consoleLogger',
      'createProducer',
      'deadLetterQueue',
      'defaultPartitioner',
      'describeDamage',
      'errorCodes',
      'exportJournal',
      'fileDeadLetters',
      'health',
      'inspectJournal',
      'isHarmless',
      'journal',
      'keyPartition',
      'listDeadLetters',
      'metrics',
      'recommended',
      'replayDeadLetters',
      'replayJournal',
      'retry',
      'silentLogger',
      'topicDeadLetters',
      'verifyJournal',
    ]);
  });
});
