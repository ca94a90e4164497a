export { circuitBreaker } from './circuit-breaker.js';
export type { CircuitBreaker, CircuitPlace } from './circuit-breaker.js';
export type { CircuitState } from './controller/circuit.js';
export type { OpenReason } from './events.js';
export type { CircuitBreakerStats, CircuitSummary, CircuitTransitions } from './stats.js';
export type { CircuitBreakerOptions, CircuitScope } from './options.js';
