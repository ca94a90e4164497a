import '../events.js';
import type { BaseEnv } from '@holdfast/core/stage';
import type { OpenReason } from '../events.js';
import type { CircuitTransitions } from '../stats.js';
import type { Circuit, CircuitObserver } from './circuit.js';

const descriptions: { readonly [reason in OpenReason]: (circuit: Circuit) => string } = {
  'consecutive-failures': ({ consecutiveFailures }) => `${consecutiveFailures} failures in a row`,
  'failure-rate': () => 'too many failures within the window',
  'probe-failed': () => 'its probe failed',
  manual: () => 'by hand',
};

/** Emits and counts each state change; logs only the first opening and the closing. */
export class CircuitTelemetry implements CircuitObserver {
  readonly transitions: { -readonly [state in keyof CircuitTransitions]: number } = {
    open: 0,
    halfOpen: 0,
    closed: 0,
    isolated: 0,
  };

  constructor(private readonly env: Pick<BaseEnv, 'events' | 'logger'>) {}

  opened(circuit: Circuit, reason: OpenReason, openMs: number): void {
    this.transitions.open++;
    const { name, lastError } = circuit;
    const last = lastError === undefined ? '' : `; the last error was: ${lastError.message}`;
    // In an outage of hours, a line each time a probe fails would only repeat the first.
    const level = reason === 'probe-failed' ? 'debug' : 'warn';
    const fields = { circuit: name, ...(lastError === undefined ? {} : { code: lastError.code }) };
    this.env.logger[level](
      `circuit '${name}' is open for ${openMs} ms: ${descriptions[reason](circuit)}${last}`,
      fields,
    );
    this.env.events.emit('circuit.opened', { circuit: name, code: lastError?.code, openMs, reason });
  }

  halfOpened({ name }: Circuit): void {
    this.transitions.halfOpen++;
    this.env.events.emit('circuit.halfOpened', { circuit: name });
  }

  closed({ name }: Circuit, afterMs: number): void {
    this.transitions.closed++;
    this.env.logger.warn(`circuit '${name}' is closed again after ${Math.round(afterMs)} ms`, {
      circuit: name,
    });
    this.env.events.emit('circuit.closed', { circuit: name, afterMs });
  }

  isolated({ name }: Circuit): void {
    this.transitions.isolated++;
    this.env.logger.warn(`circuit '${name}' is isolated by hand until close() is called`, { circuit: name });
    this.env.events.emit('circuit.isolated', { circuit: name });
  }
}
