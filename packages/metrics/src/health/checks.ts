/** What a reason means for the probes. */
export interface Verdict {
  /**
   * `'degraded'`: the producer takes records, and they are late, pile up or are lost. `'failing'`: it takes none now.
   * `'dead'`: it never will again, and only a restart heals that.
   */
  readonly effect: 'degraded' | 'failing' | 'dead';
  /** What an operator does about it. */
  readonly remedy: string;
}

/** From the worst to the least. */
export const verdicts = {
  PRODUCER_CLOSED: {
    effect: 'dead',
    remedy:
      'Restart the process, or make another producer. During a shutdown this is the end as it should be.',
  },
  CLIENT_GAVE_UP: {
    effect: 'dead',
    remedy:
      "Restart the process once brokers can be reached. Leave the adapter's reconnect.tries at its default, and it never gives up.",
  },
  PRODUCER_STARTING: {
    effect: 'failing',
    remedy: 'Wait. A journal reads what the last run left; the event journal.recovery says how far it is.',
  },
  PRODUCER_CLOSING: {
    effect: 'failing',
    remedy: 'Send requests elsewhere. It ends by itself at the close timeout.',
  },
  JOURNAL_STALLED: {
    effect: 'failing',
    remedy:
      "Make room on the disk of the journal's directory, or raise its maxBytes; look into the log for its code. It goes on by itself.",
  },
  WAITING_FOR_ROOM: {
    effect: 'failing',
    remedy:
      'Find out why records do not leave: the other reasons say it. If there is none, it is given more than Kafka takes: add instances, or raise the bounds of the buffer.',
  },
  JOURNAL_BYPASSED: {
    effect: 'degraded',
    remedy:
      "Make room on the disk of the journal's directory: until then a crash loses what is not in Kafka yet.",
  },
  RECORDS_UNDELIVERABLE: {
    effect: 'degraded',
    remedy:
      'Look at what onUndeliverable was given, and send it again. Add a dead-letter queue, which keeps such records. The count starts anew with the process.',
  },
  DEAD_LETTERS_REFUSED: {
    effect: 'degraded',
    remedy:
      'Make room for dead letters (disk, maxBytes), or let the producer write to their topic. The log names the sink and why it refused. The count starts anew with the process.',
  },
  NO_BROKER: {
    effect: 'degraded',
    remedy:
      'Look at the brokers, the network between and the credentials. It connects by itself; a restart does not help.',
  },
  NO_ANSWER: {
    effect: 'degraded',
    remedy:
      'Brokers are paused, cut off or slow: look at them and at the network between. The client waits until its request timeout, and then tries again.',
  },
  CIRCUIT_OPEN: {
    effect: 'degraded',
    remedy:
      'Look at the brokers that lead these topics, and whether the topics exist. Probes close the circuit by themselves.',
  },
  CIRCUIT_ISOLATED: {
    effect: 'degraded',
    remedy:
      'Call close() of the circuit breaker when the reason for isolate() is gone: nothing else closes it.',
  },
  CIRCUIT_HALF_OPEN: {
    effect: 'degraded',
    remedy: 'Wait: a probe is under way, and its answer closes the circuit or opens it again.',
  },
  RECORDS_LATE: {
    effect: 'degraded',
    remedy:
      'The stage says where the records stand: the adapter waits for brokers, retry for the next attempt, the buffer and the journal for what is below them.',
  },
  JOURNAL_NEAR_FULL: {
    effect: 'degraded',
    remedy:
      'Bring Kafka back, or raise maxBytes if the disk has room. If nothing waits, the files are mostly empty: make segmentBytes smaller. At maxBytes whenFull decides what becomes of new records.',
  },
  BUFFER_NEAR_FULL: {
    effect: 'degraded',
    remedy:
      'Bring Kafka back, or raise maxBytes and maxRecords of the buffer. At the bound its option overflow decides what becomes of new records.',
  },
  TOPICS_PAUSED: {
    effect: 'degraded',
    remedy:
      'The event journal.topicPaused and the log name the topic and the error: create it, permit it, or bring its brokers back.',
  },
} as const satisfies { readonly [code: string]: Verdict };

export type HealthCode = keyof typeof verdicts;
