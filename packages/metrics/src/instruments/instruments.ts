import {
  createNoopMeter,
  type Counter,
  type Histogram,
  type Meter,
  type MetricOptions,
  type Observable,
} from '@opentelemetry/api';
import { catalogue, type Instrument, type NameOf, type ObservableName } from './catalogue.js';

/** Makes what the catalogue has. The SDK gives one and the same storage to equal instruments, whoever asks for them. */
export class Instruments {
  constructor(private readonly meter: Meter) {}

  /** No SDK is registered: nothing that is told to this meter goes anywhere. */
  get areNoop(): boolean {
    const made = this.histogram('messaging.client.operation.duration');
    return made === createNoopMeter().createHistogram('');
  }

  histogram(name: NameOf<'histogram'>): Histogram {
    return this.meter.createHistogram(name, optionsOf(catalogue[name]));
  }

  counter(name: NameOf<'counter'>): Counter {
    return this.meter.createCounter(name, optionsOf(catalogue[name]));
  }

  observable(name: ObservableName): Observable {
    const instrument: Instrument = catalogue[name];
    return instrument.kind === 'observable gauge'
      ? this.meter.createObservableGauge(name, optionsOf(instrument))
      : this.meter.createObservableCounter(name, optionsOf(instrument));
  }
}

const optionsOf = ({ unit, description, buckets }: Instrument): MetricOptions => ({
  unit,
  description,
  ...(buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } }),
});
