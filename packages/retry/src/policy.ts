import type { Failed, Unknown } from '@holdfast/core';
import { Classifier, type Delivery, type Env } from '@holdfast/core/stage';
import type { StopReason } from './errors.js';
import type { ResolvedRetryOptions } from './options.js';

/** Decides whether a record is tried again. */
export class RetryPolicy {
  private readonly classifier: Classifier<'retry' | 'fail'>;

  constructor(
    private readonly options: Pick<ResolvedRetryOptions, 'classify' | 'maxAttempts' | 'retryUnknown'>,
    env: Pick<Env, 'logger' | 'events'>,
  ) {
    const rules = { stage: 'retry', answers: ['retry', 'fail'], otherwise: 'error.retriable' } as const;
    this.classifier = new Classifier(rules, options.classify, env);
  }

  /** Returns why the record must not be tried again; `undefined` if it may be. */
  stopReason(delivery: Delivery, outcome: Failed | Unknown, now: number): StopReason | undefined {
    if (!this.isRetriable(outcome)) return 'final';
    if (delivery.attempts >= this.options.maxAttempts) return 'attempts';
    return delivery.deadline <= now ? 'deadline' : undefined;
  }

  private isRetriable(outcome: Failed | Unknown): boolean {
    const answer = this.classifier.ask(outcome);
    if (answer !== undefined) return answer === 'retry';
    return outcome.status === 'unknown' ? this.options.retryUnknown : outcome.error.retriable;
  }
}
