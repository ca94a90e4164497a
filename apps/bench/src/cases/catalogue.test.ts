import { describe, expect, it } from 'vitest';
import { UsageError } from '@holdfast/kafka/command-line';
import { allCases, findCase, sectionOf, selectCases } from './catalogue.js';

const names = (filters: readonly string[]): string[] => selectCases(filters).map(({ name }) => name);

describe('the catalogue', () => {
  it('has unique names', () => {
    expect(new Set(allCases.map(({ name }) => name)).size).toBe(allCases.length);
  });

  it('starts each cluster once', () => {
    const needs = allCases.map((one) => one.needs).filter((need) => need !== undefined);
    expect(needs.filter((need, at) => need !== needs[at - 1])).toEqual(['kafka', 'mock', 'kafka-one-down']);
  });

  it('has the promised goals', () => {
    expect(findCase('chain/3-layers/batch-100').goal).toEqual({ on: 'ours', is: 'at most', limit: 60 });
    expect(findCase('chain/6-layers/batch-10').goal).toEqual({ on: 'ours', is: 'at most', limit: 100 });
    expect(findCase('resilience/vs-cockatiel/batch-10').goal?.limit).toBe(1 / 8);
    expect(findCase('metrics-without-sdk/batch-100').goal).toEqual({ on: 'ours', is: 'at most', limit: 10 });
    expect(findCase('metrics-sdk/confluent/in-memory').goal?.limit).toBe(0.9);
    expect(findCase('dead-topic/kafkajs/1KiB').goal?.limit).toBe(0.9);
    expect(findCase('kafkajs-vs-single/promises/1KiB/kafka').goal?.limit).toBe(5);
    expect(findCase('confluent-vs-batched/promises/100B/kafka').goal?.limit).toBe(0.85);
    expect(findCase('confluent-vs-batched/callbacks/100B/mock').goal?.limit).toBe(0.92);
  });

  it.each([
    ['kafkajs-vs-batched/promises/1KiB/kafka', 3],
    ['kafkajs-vs-batched/promises/100B/kafka', 2.8],
    ['journal-kafkajs-vs-batched/callbacks/1KiB/kafka', 2],
    ['journal-kafkajs-vs-batched/promises/1KiB/kafka', 1.8],
    ['kafkajs-vs-java/promises/1KiB/kafka', 1.8],
    ['kafkajs-vs-java-tuned/promises/1KiB/kafka', 1.25],
    ['journal-kafkajs-vs-java/callbacks/1KiB/kafka', 1.4],
    ['journal-kafkajs-vs-java-tuned/callbacks/1KiB/kafka', 1],
  ])('%s is to be at least %d times as fast', (name, limit) => {
    expect(findCase(name).goal).toEqual({ on: 'ratio', is: 'at least', limit });
  });

  it.each([
    ['latency/lone/in-memory/p50', 1],
    ['latency/lone/journal/p50', 1.4],
    ['latency/1000-a-second/in-memory/p99', 0.5],
    ['latency/1000-a-second/journal/p99', 1],
  ])('%s is to be at most %d times as long', (name, limit) => {
    expect(findCase(name).goal).toEqual({ on: 'ratio', is: 'at most', limit });
  });

  it("compares with Java's producer on real brokers, with values of 1 KiB, only", () => {
    const java = allCases.filter(({ name }) => name.includes('-java'));
    expect(java).toHaveLength(4);
    expect(java.every(({ name, needs }) => needs === 'kafka' && name.includes('/1KiB/'))).toBe(true);
  });

  it('has no case that was never named', () => {
    expect(() => findCase('nothing')).toThrow(RangeError);
  });
});

describe('selectCases', () => {
  it('takes all without a filter', () => {
    expect(selectCases([])).toHaveLength(allCases.length);
  });

  it('takes those with one of the filters in their names, once, in their order', () => {
    expect(names(['layers/batch-100', 'chain/3-layers/batch-100', 'memory/1KiB'])).toEqual([
      'chain/0-layers/batch-100',
      'chain/1-layers/batch-100',
      'chain/3-layers/batch-100',
      'chain/6-layers/batch-100',
      'backlog-memory/1KiB',
    ]);
  });

  it('refuses a filter that matches nothing, and names it', () => {
    expect(() => selectCases(['chain', 'rabbit', 'hare'])).toThrow(UsageError);
    expect(() => selectCases(['chain', 'rabbit', 'hare'])).toThrow(/'rabbit', or 'hare'/);
  });
});

it('sectionOf is what precedes the first slash', () => {
  expect(sectionOf('kafkajs-vs-single/promises/100B/mock')).toBe('kafkajs-vs-single');
});
