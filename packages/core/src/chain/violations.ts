import type { EventSink } from '../contract/events.js';
import type { Logger } from '../contract/logger.js';
import { nameOf } from '../foreign/name-of.js';

/** `error`: what the stage threw, when it did. */
export type ReportViolation = (stage: string, message: string, error?: unknown) => void;

/**
 * Returns a function that reports a stage's breach of the contract. Each breach is an event; each
 * kind is logged once, as a broken stage repeats it.
 */
export function violationReporter(events: EventSink, logger: Logger): ReportViolation {
  const logged = new Set<string>();
  return (stage, message, error) => {
    const line = `the stage '${stage}' ${message}`;
    if (!logged.has(line)) {
      logged.add(line);
      logger.error(line, error === undefined ? undefined : { error: nameOf(error) });
    }
    events.emit('violation', error === undefined ? { stage, message } : { stage, message, error });
  };
}
