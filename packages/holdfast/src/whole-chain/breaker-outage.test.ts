import { defineOutage } from './breaker-outage.fixture.js';

// Circuits are open for 1, 2 and 4 s, then for 5 s each: a probe after each of these that ends
// within the time.
defineOutage('ten minutes', 600_000, 121);
