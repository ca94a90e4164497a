import type { Middleware } from '@holdfast/core';
import { readOptions } from '@holdfast/core/stage';
import { metrics as api, type Meter } from '@opentelemetry/api';
import { ClientId } from './instruments/client-id.js';
import { Instruments } from './instruments/instruments.js';
import { resolveOptions, type MetricsOptions } from './options.js';
import { Recorder } from './recording/recorder.js';
import { SdkErrors } from './sdk-errors.js';
import { MetricsStage } from './stage.js';
import { Traces } from './traces/traces.js';

/**
 * Reports to OpenTelemetry what the producer does. Place it outermost. It uses the `MeterProvider`,
 * the `TracerProvider` and the propagator that are registered when the producer is created, and
 * ignores those that are registered later. Without any of them it passes everything on and listens
 * to nothing. Throws `INVALID_OPTIONS` when options are wrong.
 */
export function metrics(options: MetricsOptions = {}): Middleware {
  const resolved = readOptions('metrics', () => resolveOptions(options));
  return {
    name: 'metrics',
    get traits() {
      return { readsContext: resolved.traces !== false && Traces.hasUse() };
    },
    bind(next, env) {
      const sdkErrors = new SdkErrors(env);
      const { maxTopics } = resolved;
      const clientId = new ClientId(resolved.clientId);
      const meter = registeredMeter(sdkErrors);
      const traces = Traces.create({ env, sdkErrors, clientId }, resolved.traces);
      if (meter === undefined && traces === undefined) return { send: next };
      const createRecorder = meter && (() => new Recorder(meter, clientId.value, maxTopics, env, sdkErrors));
      return new MetricsStage(next, env, { sdkErrors, clientId, traces, createRecorder });
    },
  };
}

/** Returns `undefined` when no SDK is registered. */
function registeredMeter(sdkErrors: SdkErrors): Meter | undefined {
  try {
    const meter = api.getMeter('@holdfast/metrics');
    return new Instruments(meter).areNoop ? undefined : meter;
  } catch (error) {
    sdkErrors.report(error);
    return undefined;
  }
}
