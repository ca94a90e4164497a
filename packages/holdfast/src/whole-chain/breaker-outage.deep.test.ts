/** An hour without a broker, under the circuit breaker of the preset. */
import { defineOutage } from './breaker-outage.fixture.js';

// Circuits are open for 1, 2 and 4 s, then for 5 s each: a probe after each of these that ends
// within the time.
defineOutage('an hour', 3_600_000, 721);
