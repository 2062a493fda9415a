export { LocalRuntime, type InvokeResult } from './local-runtime.ts';
export type { Faults, LocalRuntimeOptions } from './local-runtime-options.ts';
export type { LogLine, LambdaFunction } from './lambda-function.ts';
export type { EventSourceMapping } from './event-source-mapping.ts';
export type { EventSourceMappingCounters } from './event-source-mapping-counters.ts';
export type { Schedule } from './schedule.ts';
export type { Resource } from './resources.ts';
export { LocalRuntimeError, ServiceError, TemplateError, TooManyRequestsException } from './errors.ts';
