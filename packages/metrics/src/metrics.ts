import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { metrics as api, type Meter } from '@opentelemetry/api';
import { ClientId } from './instruments/client-id.js';
import { Instruments } from './instruments/instruments.js';
import { resolveOptions, type MetricsOptions } from './options.js';
import { Problems } from './sdk-errors.js';
import { Recorder } from './recording/recorder.js';
import { MetricsStage } from './stage.js';
import { Traces } from './traces/traces.js';

/**
 * Tells OpenTelemetry what the producer does. Stands outermost. It uses the `MeterProvider`, the `TracerProvider` and the propagator
 * that are registered when the producer is made; without any it passes everything on and listens to nothing, and what is registered
 * later is not seen.
 */
export function metrics(options: MetricsOptions = {}): Middleware {
  const resolved = readOptions('metrics', () => resolveOptions(options));
  return {
    name: 'metrics',
    get traits() {
      return { readsContext: resolved.traces !== false && Traces.hasUse() };
    },
    bind(next, env) {
      const problems = new Problems(env);
      const { maxTopics } = resolved;
      const clientId = new ClientId(resolved.clientId);
      const meter = registeredMeter(problems);
      const traces = Traces.create({ env, problems, clientId }, resolved.traces);
      if (meter === undefined && traces === undefined) return { send: next };
      const makeRecorder = meter && (() => new Recorder(meter, clientId.value, maxTopics, env, problems));
      return new MetricsStage(next, env, { problems, clientId, traces, makeRecorder });
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
