import type { Middleware } from '@holdfast/core';
import { checkComposition, compositionNotes } from '@holdfast/core/internal';
import type { Traits } from '@holdfast/core/stage';
import { memoryKafka } from '@holdfast/testing';
import { describe, expect, it } from 'vitest';
import { circuitBreaker } from './circuit-breaker.js';

const stage = (name: string, traits: Traits): Middleware => ({
  name,
  traits,
  bind: (next) => ({ send: next }),
});
const journal = stage('journal', { answers: 'acceptance', persists: true });
const above = [
  stage('metrics', {}),
  journal,
  stage('deadLetterQueue', { needsDeliveryResults: true, diverts: true }),
  stage('buffer', { keepsLanes: true }),
  stage('retry', { needsDeliveryResults: true, resends: true }),
];
const client = memoryKafka({ topics: { orders: 1 } }).adapter();

describe('in a chain', () => {
  it('stands below retry', () => {
    expect(() => checkComposition([...above, circuitBreaker()], client)).not.toThrow();
    expect(compositionNotes([...above, circuitBreaker()])).toEqual([]);
  });

  it('stands alone', () => {
    expect(() => checkComposition([circuitBreaker()], client)).not.toThrow();
  });

  it('is refused above a stage that answers on acceptance: it would see only successes', () => {
    expect(() => checkComposition([circuitBreaker(), journal], client, true)).toThrow(
      /'circuitBreaker' sees no delivery results.*move 'circuitBreaker' below 'journal'/,
    );
  });
});
