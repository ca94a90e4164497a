import { metrics as api, type Attributes } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type MeterProviderOptions,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { onTestFinished } from 'vitest';

/** One exported series of an instrument. A histogram also has count and sum. */
export interface Exported {
  readonly attributes: Attributes;
  readonly value: number;
  readonly count: number;
}

/** A real SDK, registered until the test ends. */
export class Sdk {
  private readonly exporter: InMemoryMetricExporter;
  private readonly provider: MeterProvider;
  private latest: readonly MetricData[] = [];

  constructor({
    temporality = AggregationTemporality.CUMULATIVE,
    ...options
  }: Pick<MeterProviderOptions, 'views'> & { readonly temporality?: AggregationTemporality } = {}) {
    const exporter = new InMemoryMetricExporter(temporality);
    this.exporter = exporter;
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
    this.provider = new MeterProvider({ ...options, readers: [reader] });
    api.disable();
    api.setGlobalMeterProvider(this.provider);
    onTestFinished(async () => {
      api.disable();
      await this.provider.shutdown();
    });
  }

  /** Collects and exports. The methods below return what was exported last. */
  async collect(): Promise<this> {
    this.exporter.reset();
    await this.provider.forceFlush();
    this.latest = this.exporter
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .filter(({ scope }) => scope.name === '@holdfast/metrics')
      .flatMap(({ metrics }) => metrics);
    return this;
  }

  get names(): string[] {
    return this.latest.map(({ descriptor }) => descriptor.name).sort();
  }

  metric(name: string): MetricData | undefined {
    return this.latest.find(({ descriptor }) => descriptor.name === name);
  }

  /** Returns the series of `name` that have at least these attributes. */
  series(name: string, attributes: Attributes = {}): Exported[] {
    return exportedOf(this.metric(name)).filter((one) =>
      Object.entries(attributes).every(([key, value]) => one.attributes[key] === value),
    );
  }

  /** Returns the sum of the values of these series; for a histogram, of what was recorded. */
  sum(name: string, attributes: Attributes = {}): number {
    return this.series(name, attributes).reduce((sum, { value }) => sum + value, 0);
  }

  count(name: string, attributes: Attributes = {}): number {
    return this.series(name, attributes).reduce((sum, { count }) => sum + count, 0);
  }
}

function exportedOf(metric: MetricData | undefined): Exported[] {
  if (metric === undefined) return [];
  if (metric.dataPointType === DataPointType.HISTOGRAM) {
    return metric.dataPoints.map(({ attributes, value: { count, sum = NaN } }) => ({
      attributes,
      count,
      value: sum,
    }));
  }
  if (metric.dataPointType === DataPointType.EXPONENTIAL_HISTOGRAM) return [];
  return metric.dataPoints.map(({ attributes, value }) => ({ attributes, value, count: 1 }));
}
