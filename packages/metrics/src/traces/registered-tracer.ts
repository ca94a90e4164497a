import { trace, type ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';

const scope = '@holdfast/metrics';

/**
 * The tracer of the currently registered SDK, which may be registered after the producer is created
 * and removed before it closes.
 */
export class RegisteredTracer {
  private registered: TracerProvider | undefined;
  private proxy: ProxyTracerProvider | undefined;
  private provider: TracerProvider | undefined;
  private tracer: Tracer | undefined;

  /** Returns `undefined` when there is no SDK. Cheap enough to call per batch. */
  current(): Tracer | undefined {
    const registered = trace.getTracerProvider();
    if (registered !== this.registered) this.proxy = isProxy(registered) ? registered : undefined;
    this.registered = registered;
    const provider = this.proxy?.getDelegate() ?? registered;
    if (provider === this.provider) return this.tracer;
    this.tracer =
      this.proxy === undefined ? registered.getTracer(scope) : this.proxy.getDelegateTracer(scope);
    this.provider = provider;
    return this.tracer;
  }
}

// Not by instanceof, as two copies of the API may be loaded.
const isProxy = (provider: TracerProvider): provider is ProxyTracerProvider =>
  'getDelegateTracer' in provider && 'getDelegate' in provider;
