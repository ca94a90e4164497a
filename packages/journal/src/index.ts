import './events.js';

export { journal } from './journal.js';
export type { EncryptionOptions, JournalKey, JournalOptions } from './options.js';
export { describeDamage, isHarmless } from './damage.js';
export type { Damage } from './damage.js';
