// The types of what the other packages say of themselves, in stats and in events. Nothing of them is there at run time.
import type {} from '@holdfast/adapter-confluent';
import type {} from '@holdfast/adapter-kafkajs';
import type {} from '@holdfast/buffer';
import type {} from '@holdfast/circuit-breaker';
import type {} from '@holdfast/dead-letter-queue';
import type {} from '@holdfast/journal';
import type {} from '@holdfast/retry';
