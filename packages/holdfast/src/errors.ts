import { ConfigurationError, type ProducerError } from '@holdfast/core';

/** The options of `recommended` are wrong; `problems` names each one with its middleware. */
export const wrongChoices = (problems: readonly string[]): ProducerError =>
  new ConfigurationError('INVALID_OPTIONS', `recommended: ${problems.join('; ')}`, {
    problems,
    stage: 'recommended',
  });
