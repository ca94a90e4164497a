import { ProducerError } from '@holdfast/core';
import { randomScript } from '../scripted/random-script.js';
import type { Step, StepFunction } from '../scripted/step.js';
import type { OutageKind } from './schedule.js';

const error = (code: string): ProducerError =>
  new ProducerError(code, `scripted: ${code}`, { retriable: true });

const steps: { readonly [kind in OutageKind]: (drawn: Step) => Step } = {
  unreachable: () => ({ outcome: 'failed', error: error('BROKER_UNREACHABLE'), delayMs: 2 }),
  breaking: (drawn) => ({ ...drawn, error: error('CONNECTION_LOST') }),
  silent: (drawn) => ({ ...drawn, error: error('REQUEST_TIMED_OUT'), delayMs: 500 }),
};

/** Nothing gets an answer that helps, but some of it is written all the same. */
export function outageScript(kind: OutageKind, seed: number): StepFunction {
  const lost = randomScript({ seed, failed: 0, unknown: 1, maxDelayMs: 20 });
  return (delivery, context) => steps[kind](lost(delivery, context));
}
