import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/** Serves the OpenTelemetry metrics of this process at `/metrics`, on loopback alone. */
export async function serveMetrics(port: number): Promise<void> {
  const exporter = new PrometheusExporter({ host: '127.0.0.1', port, preventServerStart: true });
  try {
    await exporter.startServer();
  } catch (error) {
    throw new Error(`metrics cannot be served on port ${port}: choose another with --metrics-port`, {
      cause: error,
    });
  }
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
}
