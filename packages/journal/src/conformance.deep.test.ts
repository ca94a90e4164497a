/** The shared middleware cases over a journal with files as large as they are by default. */
import { middlewareConformance } from '@holdfast/testing/vitest';
import { journal } from './journal.js';

middlewareConformance({ name: 'journal', create: () => journal({ directory: '/outbox' }) });
