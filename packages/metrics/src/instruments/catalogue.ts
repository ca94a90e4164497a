/** What one instrument is. `kind`: which method of the API's `Meter` makes it. */
export interface Instrument {
  readonly kind: 'histogram' | 'counter' | 'observable counter' | 'observable gauge';
  /** UCUM; `{record}` counts records. */
  readonly unit: string;
  readonly description: string;
  readonly buckets?: readonly number[];
}

/** As the semantic conventions advise: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/ */
const operationSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** From a record that is sent at once to one that has waited in the journal for hours. */
const waitSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
/** From a disk with a battery to one that is about to fail. */
const syncSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const recordCounts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const byteCounts = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

const histogram = (unit: string, buckets: readonly number[], description: string) =>
  ({ kind: 'histogram', unit, description, buckets }) as const;
const counter = (unit: string, description: string) => ({ kind: 'counter', unit, description }) as const;
const counted = (unit: string, description: string) =>
  ({ kind: 'observable counter', unit, description }) as const;
const gauge = (unit: string, description: string) =>
  ({ kind: 'observable gauge', unit, description }) as const;

/** Every instrument, by the name under which it is registered. */
export const catalogue = {
  'messaging.client.operation.duration': histogram(
    's',
    operationSeconds,
    'Time from handing records to the client until it answered for them.',
  ),
  'messaging.client.sent.messages': counter(
    '{message}',
    'Records that went to a broker, each time they did.',
  ),
  'holdfast.producer.sent.records': counted('{record}', 'Records that were given to the producer.'),
  'holdfast.producer.records': counted('{record}', 'Records that have an outcome, by what it is.'),
  'holdfast.producer.state': gauge('1', '1 for the state that the producer is in, 0 for the others.'),
  'holdfast.delivery.duration': histogram(
    's',
    waitSeconds,
    'Time from send until the outcome, of the oldest of the records that ended together.',
  ),
  'holdfast.stage.duration': histogram(
    's',
    waitSeconds,
    'Mean time that the records of a batch stood in a stage.',
  ),
  'holdfast.stage.records': gauge('{record}', 'Records that stand in a stage.'),
  'holdfast.stage.size': gauge('By', 'Bytes of the records that stand in a stage.'),
  'holdfast.stage.oldest.age': gauge('s', 'Age of the oldest record that stands in a stage.'),
  'holdfast.stage.limit': gauge('By', 'Bytes that a stage holds at most.'),
  'holdfast.attempts': counted('{record}', 'Answers of the client, one a record and attempt.'),
  'holdfast.attempts.retried': counted('{record}', 'Records that were handed to the client again.'),
  'holdfast.retry.records': counted('{record}', 'Further attempts, by the error that made them necessary.'),
  'holdfast.batch.records': histogram(
    '{record}',
    recordCounts,
    'Records that the client answered for together.',
  ),
  'holdfast.batch.size': histogram(
    'By',
    byteCounts,
    'Bytes of the records that the client answered for together.',
  ),
  'holdfast.throttle.duration': counted('s', 'Time for which brokers have asked the client to pause.'),
  'holdfast.circuit.count': gauge('{circuit}', 'Circuits in a state.'),
  'holdfast.circuit.transitions': counted('{transition}', 'How often a circuit has entered a state.'),
  'holdfast.dead_letters.records': counted('{record}', 'Dead letters that a sink has taken.'),
  'holdfast.dead_letters.refused.records': counted('{record}', 'Dead letters that no sink has taken.'),
  'holdfast.journal.size': gauge('By', 'Bytes of the journal on disk.'),
  'holdfast.journal.state': gauge('1', '1 for the state that the journal is in, 0 for the others.'),
  'holdfast.journal.sync.duration': histogram('s', syncSeconds, 'Time that a sync of the journal took.'),
  'holdfast.journal.recovery.duration': gauge('s', 'Time that reading the journal took at the start.'),
  'holdfast.journal.recovered.records': counted(
    '{record}',
    'Records that an earlier process has left in the journal.',
  ),
  'holdfast.journal.bypassed.records': counted('{record}', 'Records that went to Kafka without the journal.'),
  'holdfast.journal.paused.topics': gauge('{topic}', 'Topics whose records wait on disk while others go on.'),
  'holdfast.journal.undeliverable.records': counted('{record}', 'Accepted records that ended undelivered.'),
} as const satisfies { readonly [name: string]: Instrument };

type Catalogue = typeof catalogue;

/** The names of the instruments of some kinds. */
export type NameOf<Kind extends Instrument['kind']> = {
  [Name in keyof Catalogue]: Catalogue[Name]['kind'] extends Kind ? Name : never;
}[keyof Catalogue];

export type ObservableName = NameOf<'observable counter' | 'observable gauge'>;

export const isObservable = (name: string): name is ObservableName =>
  name in catalogue && catalogue[name as keyof Catalogue].kind.startsWith('observable');
