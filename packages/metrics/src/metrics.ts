import { readOptions, type Middleware } from '@holdfast/core';
import { metrics as api, type Meter } from '@opentelemetry/api';
import { Instruments } from './instruments.js';
import { resolveOptions, type MetricsOptions } from './options.js';
import { Problems } from './problems.js';
import { Recorder } from './recorder.js';
import { MetricsStage } from './stage.js';

/**
 * Tells OpenTelemetry what the producer does. Stands outermost. It uses the `MeterProvider` that is registered when the producer is
 * made; without one it passes everything on and listens to nothing, and one that is registered later is not seen.
 */
export function metrics(options: MetricsOptions = {}): Middleware {
  const resolved = readOptions('metrics', () => resolveOptions(options));
  return {
    name: 'metrics',
    bind(next, env) {
      const problems = new Problems(env.logger);
      const meter = registeredMeter(problems);
      if (meter === undefined) return { send: next };
      return new MetricsStage(next, env, problems, () => new Recorder(meter, resolved, env, problems));
    },
  };
}

/** `undefined`: no SDK is registered. */
function registeredMeter(problems: Problems): Meter | undefined {
  try {
    const meter = api.getMeter('@holdfast/metrics');
    return new Instruments(meter).areNoop ? undefined : meter;
  } catch (error) {
    problems.note(error);
    return undefined;
  }
}
