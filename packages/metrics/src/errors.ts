import { ConfigurationError, type ProducerError } from '@holdfast/core';

const notAProducerProblem = "'producer' must be what createProducer resolves with; await it first";

/** The first argument of `health` is not a producer. */
export const notAProducer = (): ProducerError =>
  new ConfigurationError('INVALID_OPTIONS', `health: ${notAProducerProblem}`, {
    stage: 'health',
    problems: [notAProducerProblem],
  });
