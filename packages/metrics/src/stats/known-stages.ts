// The types of the stats and events that the other packages declare. Nothing of them is loaded at
// run time.
import type {} from '@holdfast/adapter-confluent';
import type {} from '@holdfast/adapter-kafkajs';
import type {} from '@holdfast/buffer';
import type {} from '@holdfast/circuit-breaker';
import type {} from '@holdfast/dead-letter-queue';
import type {} from '@holdfast/journal';
import type {} from '@holdfast/retry';
