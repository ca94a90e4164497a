/** What one reason means for the probes, and what to do about it. */
export interface HealthCheck {
  /**
   * `'degraded'`: the producer takes records, but they are late, pile up or are lost. `'failing'`:
   * it takes none at present. `'dead'`: it never will again, and only a restart helps.
   */
  readonly impact: 'degraded' | 'failing' | 'dead';
  /** What an operator does about it. */
  readonly remedy: string;
}

/** In order of severity, the worst first. */
export const healthChecks = {
  PRODUCER_CLOSED: {
    impact: 'dead',
    remedy: 'Restart the process, or create another producer. During a shutdown, this is expected.',
  },
  CLIENT_GAVE_UP: {
    impact: 'dead',
    remedy:
      "Restart the process once brokers can be reached. With the adapter's default for reconnect.tries it never gives up.",
  },
  PRODUCER_STARTING: {
    impact: 'failing',
    remedy: 'Wait. A journal reads what the last run left; the event journal.recovery reports its progress.',
  },
  PRODUCER_CLOSING: {
    impact: 'failing',
    remedy: 'Send requests elsewhere. It ends by itself at the close timeout.',
  },
  JOURNAL_STALLED: {
    impact: 'failing',
    remedy:
      "Free space on the disk of the journal's directory, or raise its maxBytes. The log has the error code. The journal continues by itself.",
  },
  WAITING_FOR_ROOM: {
    impact: 'failing',
    remedy:
      'Find out why records do not leave: the other reasons tell. Without another reason, more is sent than Kafka takes: add instances, or raise the bounds of the buffer.',
  },
  JOURNAL_BYPASSED: {
    impact: 'degraded',
    remedy:
      "Free space on the disk of the journal's directory. Until then, a crash loses the records that are not in Kafka yet.",
  },
  RECORDS_UNDELIVERABLE: {
    impact: 'degraded',
    remedy:
      'Inspect the records that onUndeliverable received, and send them again. Add a dead-letter queue, which keeps such records. The count restarts with the process.',
  },
  DEAD_LETTERS_REFUSED: {
    impact: 'degraded',
    remedy:
      'Make room for dead letters (disk, maxBytes), or permit the producer to write to their topic. The log names the sink and its refusal. The count restarts with the process.',
  },
  NO_BROKER: {
    impact: 'degraded',
    remedy:
      'Check the brokers, the network and the credentials. The client reconnects by itself; a restart does not help.',
  },
  NO_ANSWER: {
    impact: 'degraded',
    remedy:
      'Brokers are paused, cut off or slow: check them and the network. The client waits until its request timeout and then retries.',
  },
  CIRCUIT_OPEN: {
    impact: 'degraded',
    remedy:
      'Check the brokers that lead these topics, and whether the topics exist. Probes close the circuit by themselves.',
  },
  CIRCUIT_ISOLATED: {
    impact: 'degraded',
    remedy:
      'Call close() of the circuit breaker when the reason for isolate() is gone. Nothing else closes it.',
  },
  CIRCUIT_HALF_OPEN: {
    impact: 'degraded',
    remedy: 'Wait. A probe is in flight, and its outcome closes the circuit or opens it again.',
  },
  RECORDS_LATE: {
    impact: 'degraded',
    remedy:
      'The stage shows what the records wait for: the adapter waits for brokers, retry for the next attempt, the buffer and the journal for the stages below.',
  },
  JOURNAL_NEAR_FULL: {
    impact: 'degraded',
    remedy:
      'Restore Kafka, or raise maxBytes if the disk has space. If no records wait, the files are mostly empty: reduce segmentBytes. At maxBytes, the option whenFull decides about new records.',
  },
  BUFFER_NEAR_FULL: {
    impact: 'degraded',
    remedy:
      'Restore Kafka, or raise maxBytes and maxRecords of the buffer. At the bound, its option overflow decides about new records.',
  },
  TOPICS_PAUSED: {
    impact: 'degraded',
    remedy:
      'The event journal.topicPaused and the log name the topic and the error: create the topic, permit writing to it, or restore its brokers.',
  },
} as const satisfies { readonly [code: string]: HealthCheck };

export type HealthCode = keyof typeof healthChecks;
