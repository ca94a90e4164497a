import type { Measured } from '../measure/result.js';
import { figureOf, type Figure } from './json.js';
import type { Machine } from './machine.js';
import { measured } from './results.fixture.js';

export const someMachine: Machine = {
  day: '2026-12-01',
  node: 'v20.20.0',
  platform: 'linux x64',
  cpu: 'a CPU',
  cores: 2,
  memoryGiB: 24,
  load: 0.5,
};

export const figureFrom = (given: Partial<Measured>): Figure => figureOf(measured(given), someMachine, false);
