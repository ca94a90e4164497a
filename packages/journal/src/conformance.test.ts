import { middlewareConformance } from '@holdfast/testing/vitest';
import { journal } from './journal.js';

middlewareConformance({ name: 'journal', create: () => journal({ directory: '/outbox' }) });
