import { middlewareConformance } from '@holdfast/testing/vitest';
import { journal } from './journal.js';

// With files as large as they are by default.
middlewareConformance({ name: 'journal', create: () => journal({ directory: '/outbox' }) });
