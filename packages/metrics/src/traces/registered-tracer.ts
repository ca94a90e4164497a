import { trace, type ProxyTracerProvider, type Tracer, type TracerProvider } from '@opentelemetry/api';

const scope = '@holdfast/metrics';

/** The tracer of the SDK that is registered now: it may come after the producer, and go before it. */
export class RegisteredTracer {
  private given: TracerProvider | undefined;
  private proxy: ProxyTracerProvider | undefined;
  private provider: TracerProvider | undefined;
  private tracer: Tracer | undefined;

  /** `undefined`: there is no SDK. Cheap enough for each batch. */
  current(): Tracer | undefined {
    const given = trace.getTracerProvider();
    if (given !== this.given) this.proxy = isProxy(given) ? given : undefined;
    this.given = given;
    const provider = this.proxy?.getDelegate() ?? given;
    if (provider === this.provider) return this.tracer;
    this.tracer = this.proxy === undefined ? given.getTracer(scope) : this.proxy.getDelegateTracer(scope);
    this.provider = provider;
    return this.tracer;
  }
}

// Not by its class: two copies of the API may be loaded.
const isProxy = (provider: TracerProvider): provider is ProxyTracerProvider =>
  'getDelegateTracer' in provider && 'getDelegate' in provider;
