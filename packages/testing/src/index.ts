export { fakeClock } from './env/fake-clock.js';
export type { FakeClock, FakeClockOptions } from './env/fake-clock.js';
export { checkProperty } from './property/check-property.js';
export type { CheckPropertyOptions } from './property/check-property.js';
export { checkSeeds } from './property/check-seeds.js';
export type { CheckSeedsOptions } from './property/check-seeds.js';
export { runsFrom } from './property/runs.js';
export { seededRandom, seedFrom, seedVariable } from './property/seed.js';
export { hostileValues } from './values/hostile-values.js';
export { recordingLogger } from './env/recording-logger.js';
export type { LogLine, RecordingLogger } from './env/recording-logger.js';
export { emptyStats } from './values/empty-stats.js';
export { statOf } from './values/stat-of.js';
export { testEnv } from './env/test-env.js';
export type { TestEnv, TestEnvOptions } from './env/test-env.js';
export { simulatedDisk } from './disk/memory-disk.js';
export type { DiskEndOptions, SimulatedDisk, SimulatedDiskOptions } from './disk/simulated-disk.js';
export type { DiskFault, DiskFaultEffect, DiskFaultPlace, DiskFaults } from './disk/faults.js';
export type { DiskCallCounts, LoggedDiskCall } from './disk/call-record.js';
export type { DiskOperation } from './disk/disk-call.js';
export type { DiskErrorCode } from './disk/disk-error.js';
export type { CrashKeep } from './disk/choice.js';
export { createDelivery } from './values/create-delivery.js';
export type { CreateDeliveryOptions } from './values/create-delivery.js';
export { memoriesOf, spoilings } from './values/record-memory.js';
export type { Spoiling } from './values/record-memory.js';
export { codes, delivered, fails, mayBeWritten, values } from './values/outcomes.js';
export { TopicLog } from './memory/topic-log.js';
export type { LoggedRecord } from './memory/topic-log.js';

export { scriptedAdapter } from './scripted/scripted-adapter.js';
export type {
  ScriptedAdapter,
  ScriptedAdapterOptions,
  ScriptedAttempt,
  ScriptedCall,
} from './scripted/scripted-adapter.js';
export type { Fault, Script, Step, StepContext, StepFunction } from './scripted/step.js';
export { randomScript } from './scripted/random-script.js';
export type { RandomScriptOptions } from './scripted/random-script.js';

export { memoryKafka } from './memory/memory-kafka.js';
export type { DownOptions, MemoryKafka, MemoryKafkaOptions } from './memory/memory-kafka.js';

export { HistoryChecker, HistoryError } from './history/history-checker.js';
export type { CheckOptions } from './history/history-checker.js';
export { attemptTap } from './history/attempt-tap.js';
export type {
  Counts,
  FoundRecord,
  HistoryOptions,
  HistorySummary,
  IdOf,
  Invariant,
  SentRecord,
  Violation,
} from './history/history-types.js';

export { recordChain, runChain } from './chain/run-chain.js';
export type { Bound, ChainOptions, ChainReport } from './chain/run-chain.js';
export { chainProperty } from './chain/chain-property.js';
export type { ChainPropertyOptions } from './chain/chain-property.js';
export { Caller } from './chain/caller.js';
export type { TrackedRecord } from './chain/caller.js';
export { scheduleOf, schedules } from './chain/schedule.js';
export type { Action, OutageKind, Schedule, ScheduleOptions } from './chain/schedule.js';

export { checkMiddleware, middlewareCases } from './middleware/check-middleware.js';
export type { MiddlewareFeatures, MiddlewareSubject } from './middleware/subject.js';
export { adapterConformanceCases, checkAdapter } from './adapter/check-adapter.js';
export type { AdapterFeatures, AdapterSubject, ClusterControl } from './adapter/adapter-subject.js';
export type { ConformanceCase } from './conformance/conformance-case.js';

export { adapterCases } from './adapter-cases/adapter-cases.js';
export { runAdapterCase } from './adapter-cases/run-case.js';
export { misplacedKeys } from './adapter-cases/partition-equality.js';
export type { KeyVector } from './adapter-cases/partition-equality.js';
export type {
  AdapterCase,
  ClientSettings,
  Expected,
  MakeAdapter,
  Step as CaseStep,
  TopicNames,
} from './adapter-cases/adapter-case.js';
export type { Ability, KafkaControl, SecurityControl, TopicSettings } from './adapter-cases/kafka-control.js';
export { kafkaControl } from './adapter-cases/own-cluster.js';
export type { BrokerRef, KafkaControlOptions } from './adapter-cases/own-cluster.js';
export { checkAdapterCases, summaryOf, whyLeftOut } from './adapter-cases/case-report.js';
export type { AdapterCasesOptions, AdapterCasesReport } from './adapter-cases/case-report.js';
export { Traffic } from './adapter-cases/traffic.js';
export type { TrafficOptions } from './adapter-cases/traffic.js';
export { readTopic, scanTopic } from './adapter-cases/read-topic.js';
export type { ReadRecord } from './adapter-cases/read-topic.js';
export { readerCases } from './reader-cases/reader-cases.js';
export { runReaderCase } from './reader-cases/run-reader-case.js';
export type {
  ReaderCase,
  ReaderContext,
  ReaderSubject,
  Transaction,
  WrittenRecord,
} from './reader-cases/reader-case.js';
export { WireReader, WireWriter } from './wire/wire.js';
export { readRecordBatch } from './wire/record-batch.js';
export type { RecordBatch, StoredRecord } from './wire/record-batch.js';
