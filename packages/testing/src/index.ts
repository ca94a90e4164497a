export { fakeClock } from './fake-clock.js';
export type { FakeClock, FakeClockOptions } from './fake-clock.js';
export { seededRandom, seedFrom, seedVariable } from './seed.js';
export { recordingLogger } from './recording-logger.js';
export type { LogLine, RecordingLogger } from './recording-logger.js';
export { testEnv } from './test-env.js';
export type { TestEnv, TestEnvOptions } from './test-env.js';
export { createDelivery } from './create-delivery.js';
export type { CreateDeliveryOptions } from './create-delivery.js';
export { TopicLog } from './topic-log.js';
export type { LoggedRecord } from './topic-log.js';

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
export { scheduleOf, schedules } from './chain/schedule.js';
export type { Action, OutageKind, Schedule, ScheduleOptions } from './chain/schedule.js';

export { checkMiddleware, middlewareCases } from './middleware/check-middleware.js';
export type { ConformanceCase, MiddlewareFeatures, MiddlewareSubject } from './middleware/subject.js';
