import { createDelivery, delivered, recordingLogger, testEnv } from '@holdfast/testing';
import { metrics as api, type Meter } from '@opentelemetry/api';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import { describe, expect, it, onTestFinished } from 'vitest';
import { metrics } from './metrics.js';
import { producerOver } from './producer.fixture.js';

describe('an SDK that fails', () => {
  /** A real meter whose instruments throw for each value. */
  function throwingProvider(): { getMeter(): Meter } {
    const meter = new MeterProvider().getMeter('real');
    const fail = (): never => {
      throw new TypeError('broken view');
    };
    return {
      getMeter: () =>
        new Proxy(meter, {
          get: (target, name): unknown => {
            if (name === 'createHistogram') return () => ({ record: fail });
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? value.bind(target) : value;
          },
        }),
    };
  }

  it('does not affect the chain, and is reported once', async () => {
    api.disable();
    api.setGlobalMeterProvider(throwingProvider());
    onTestFinished(() => api.disable());
    const logger = recordingLogger();
    const { kafka, producer } = await producerOver([metrics()], logger);
    let callbackErrors = 0;
    producer.on('callbackError', () => callbackErrors++);
    for (let i = 0; i < 5; i++) await producer.send({ topic: 'orders', value: `${i}` });
    expect(kafka.values()).toEqual(['0', '1', '2', '3', '4']);
    expect(logger.text().match(/OpenTelemetry threw/g)).toHaveLength(1);
    expect(callbackErrors).toBe(1);
    await producer.close();
  });

  it('does not keep settlements from the stage above', () => {
    api.disable();
    api.setGlobalMeterProvider(throwingProvider());
    onTestFinished(() => api.disable());
    const env = testEnv();
    let up = 0;
    const stage = metrics().bind((batch, settle) => {
      for (const delivery of batch) delivery.outcome = delivered;
      settle(batch);
    }, env);
    void stage.start?.(new AbortController().signal);
    stage.send([createDelivery({ topic: 'orders', value: 'v' })], (batch) => (up += batch.length));
    expect(up).toBe(1);
  });

  it.each(['throws', 'hangs'])('does not make anybody wait for an exporter that %s', async (how) => {
    const exporter: PushMetricExporter = {
      export: () => {
        if (how === 'throws') throw new Error('no route');
      },
      forceFlush: () => Promise.resolve(),
      shutdown: () => Promise.resolve(),
    };
    const reader = new PeriodicExportingMetricReader({
      exporter,
      exportIntervalMillis: 5,
      exportTimeoutMillis: 5,
    });
    api.disable();
    api.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
    onTestFinished(async () => {
      api.disable();
      await reader.shutdown();
    });
    const { kafka, producer } = await producerOver([metrics()]);
    const exported = reader.forceFlush().catch(() => undefined);
    for (let i = 0; i < 50; i++) await producer.send({ topic: 'orders', value: 'v' });
    expect(kafka.values()).toHaveLength(50);
    await producer.close();
    await exported;
  });
});
