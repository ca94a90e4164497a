import {
  createNoopMeter,
  type Counter,
  type Histogram,
  type Meter,
  type MetricOptions,
  type Observable,
} from '@opentelemetry/api';
import { catalogue, type Instrument, type NameOf, type ObservableName } from './catalogue.js';

/** Creates the instruments of the catalogue. The SDK shares the storage of equal instruments. */
export class Instruments {
  constructor(private readonly meter: Meter) {}

  /** Whether no SDK is registered, so that values recorded with this meter go nowhere. */
  get areNoop(): boolean {
    const created = this.histogram('messaging.client.operation.duration');
    return created === createNoopMeter().createHistogram('');
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
