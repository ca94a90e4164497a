/** The definition of one instrument. `kind` is the method of the API's `Meter` that creates it. */
export interface Instrument {
  readonly kind: 'histogram' | 'counter' | 'observable counter' | 'observable gauge';
  /** In UCUM. `{record}` counts records. */
  readonly unit: string;
  readonly description: string;
  readonly buckets?: readonly number[];
}

/**
 * As advised by the semantic conventions:
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-metrics/
 */
const operationSeconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
/** From a record that is sent at once to one that waits in the journal for hours. */
const waitSeconds = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200];
/** From a disk with a battery-backed cache to one that is about to fail. */
const syncSeconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5];
const recordCounts = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000];
const byteCounts = [256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216];

const histogram = (unit: string, buckets: readonly number[], description: string) =>
  ({ kind: 'histogram', unit, description, buckets }) as const;
const counter = (unit: string, description: string) => ({ kind: 'counter', unit, description }) as const;
const observableCounter = (unit: string, description: string) =>
  ({ kind: 'observable counter', unit, description }) as const;
const observableGauge = (unit: string, description: string) =>
  ({ kind: 'observable gauge', unit, description }) as const;

/** Every instrument, by its registered name. */
export const catalogue = {
  'messaging.client.operation.duration': histogram(
    's',
    operationSeconds,
    'Time from passing records to the client until it reported their outcome.',
  ),
  'messaging.client.sent.messages': counter('{message}', 'Records sent to a broker, retries included.'),
  'holdfast.producer.sent.records': observableCounter('{record}', 'Records passed to the producer.'),
  'holdfast.producer.records': observableCounter('{record}', 'Records that have an outcome, by outcome.'),
  'holdfast.producer.state': observableGauge('1', '1 for the state of the producer, 0 for the others.'),
  'holdfast.delivery.duration': histogram(
    's',
    waitSeconds,
    'Time from send to the outcome, of the oldest record that was settled together with others.',
  ),
  'holdfast.stage.duration': histogram(
    's',
    waitSeconds,
    'Mean time that the records of a batch spent in a stage.',
  ),
  'holdfast.stage.records': observableGauge('{record}', 'Records in a stage.'),
  'holdfast.stage.size': observableGauge('By', 'Bytes of the records in a stage.'),
  'holdfast.stage.oldest.age': observableGauge('s', 'Age of the oldest record in a stage.'),
  'holdfast.stage.limit': observableGauge('By', 'Maximum number of bytes in a stage.'),
  'holdfast.attempts': observableCounter(
    '{record}',
    'Results reported by the client, one per record and attempt.',
  ),
  'holdfast.attempts.retried': observableCounter('{record}', 'Records that were passed to the client again.'),
  'holdfast.retry.records': observableCounter('{record}', 'Retries, by the error that caused them.'),
  'holdfast.batch.records': histogram('{record}', recordCounts, 'Records that the client reported together.'),
  'holdfast.batch.size': histogram(
    'By',
    byteCounts,
    'Bytes of the records that the client reported together.',
  ),
  'holdfast.throttle.duration': observableCounter('s', 'Time for which brokers have throttled the client.'),
  'holdfast.circuit.count': observableGauge('{circuit}', 'Circuits, by state.'),
  'holdfast.circuit.transitions': observableCounter(
    '{transition}',
    'Transitions of circuits, by the state entered.',
  ),
  'holdfast.dead_letters.records': observableCounter('{record}', 'Dead letters taken by a sink.'),
  'holdfast.dead_letters.refused.records': observableCounter(
    '{record}',
    'Dead letters refused by all sinks.',
  ),
  'holdfast.journal.size': observableGauge('By', 'Bytes of the journal on disk.'),
  'holdfast.journal.state': observableGauge('1', '1 for the state of the journal, 0 for the others.'),
  'holdfast.journal.sync.duration': histogram('s', syncSeconds, 'Duration of a sync of the journal.'),
  'holdfast.journal.recovery.duration': observableGauge('s', 'Duration of reading the journal at the start.'),
  'holdfast.journal.recovered.records': observableCounter(
    '{record}',
    'Records that earlier processes left in the journal.',
  ),
  'holdfast.journal.bypassed.records': observableCounter(
    '{record}',
    'Records sent to Kafka without the journal.',
  ),
  'holdfast.journal.paused.topics': observableGauge(
    '{topic}',
    'Topics whose records wait on disk while other topics are sent.',
  ),
  'holdfast.journal.undeliverable.records': observableCounter(
    '{record}',
    'Accepted records that were given up undelivered.',
  ),
} as const satisfies { readonly [name: string]: Instrument };

type Catalogue = typeof catalogue;

/** The names of the instruments of a kind. */
export type NameOf<Kind extends Instrument['kind']> = {
  [Name in keyof Catalogue]: Catalogue[Name]['kind'] extends Kind ? Name : never;
}[keyof Catalogue];

export type ObservableName = NameOf<'observable counter' | 'observable gauge'>;

export const isObservable = (name: string): name is ObservableName =>
  name in catalogue && catalogue[name as keyof Catalogue].kind.startsWith('observable');
