import { trace, type ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';

const scope = '@holdfast/metrics';

/** The tracer of the SDK that is registered now: it may come after the producer, and go before it. */
export class RegisteredTracer {
  private provider: TracerProvider | undefined;
  private tracer: Tracer | undefined;

  /** `undefined`: there is no SDK. Cheap enough for each batch. */
  current(): Tracer | undefined {
    const given = trace.getTracerProvider();
    const provider = isProxy(given) ? given.getDelegate() : given;
    if (provider === this.provider) return this.tracer;
    this.tracer = isProxy(given) ? given.getDelegateTracer(scope) : provider.getTracer(scope);
    this.provider = provider;
    return this.tracer;
  }
}

// Not by its class: two copies of the API may be loaded.
const isProxy = (provider: TracerProvider): provider is ProxyTracerProvider =>
  'getDelegateTracer' in provider && 'getDelegate' in provider;
