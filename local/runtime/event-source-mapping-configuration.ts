import { TemplateError } from './errors.ts';
import { compileFilters, type Filter } from './filter-pattern.ts';
import type { RetryPolicy } from './batch-decision.ts';
import { isObject, type JsonObject } from './json.ts';
import { describe, type Resource } from './resources.ts';

/** What the template says about an event source mapping on a DynamoDB stream. */
export interface EventSourceMappingConfiguration extends RetryPolicy {
  readonly streamArn: string;
  /** Name or ARN of the function, as the template gives it. */
  readonly functionReference: string;
  readonly enabled: boolean;
  readonly startingPosition: 'TRIM_HORIZON' | 'LATEST';
  /** Records. */
  readonly batchSize: number;
  /** Seconds. */
  readonly maximumBatchingWindow: number;
  readonly parallelizationFactor: number;
  /** Seconds; -1 for no bound. */
  readonly maximumRecordAge: number;
  readonly filter: Filter;
  /** ARN of the on-failure queue. */
  readonly onFailure?: string;
}

/**
 * Reads an `AWS::Lambda::EventSourceMapping`; absent properties get Lambda's defaults.
 * @param properties - resolved.
 * @throws TemplateError for other sources than DynamoDB streams, for values that Lambda refuses, and for what the local runtime does not support.
 */
export function readEventSourceMapping(resource: Resource, properties: JsonObject): EventSourceMappingConfiguration {
  const place = describe(resource);
  const streamArn = String(properties.EventSourceArn ?? '');
  if (!/^arn:[^:]*:dynamodb:.*\/stream\//.test(streamArn)) {
    throw new TemplateError(`${place} reads from ${streamArn || 'no ARN'}; the local runtime maps DynamoDB streams only`);
  }
  if (properties.StartingPosition !== 'TRIM_HORIZON' && properties.StartingPosition !== 'LATEST') {
    throw new TemplateError(`${place} has the StartingPosition ${JSON.stringify(properties.StartingPosition)}, expected TRIM_HORIZON or LATEST`);
  }
  if (Number(properties.TumblingWindowInSeconds ?? 0) !== 0) throw new TemplateError(`${place} uses TumblingWindowInSeconds, which the local runtime does not support`);
  const number = (name: string, fallback: number, allowed: (value: number) => boolean, range: string): number => {
    const value = Number(properties[name] ?? fallback);
    if (!Number.isInteger(value) || !allowed(value)) throw new TemplateError(`${place} has ${name} ${JSON.stringify(properties[name])}, expected ${range}`);
    return value;
  };
  const within = (least: number, most: number) => (value: number): boolean => value >= least && value <= most;
  const responseTypes = Array.isArray(properties.FunctionResponseTypes) ? properties.FunctionResponseTypes : [];
  const onFailure = onFailureQueue(properties, place);
  return {
    streamArn,
    functionReference: String(properties.FunctionName),
    enabled: properties.Enabled !== false && properties.Enabled !== 'false',
    startingPosition: properties.StartingPosition,
    batchSize: number('BatchSize', 100, within(1, 10_000), '1 to 10000'),
    maximumBatchingWindow: number('MaximumBatchingWindowInSeconds', 0, within(0, 300), '0 to 300'),
    parallelizationFactor: number('ParallelizationFactor', 1, within(1, 10), '1 to 10'),
    maximumRetryAttempts: number('MaximumRetryAttempts', -1, within(-1, 10_000), '-1 to 10000'),
    maximumRecordAge: number('MaximumRecordAgeInSeconds', -1, (value) => value === -1 || within(60, 604_800)(value), '-1, or 60 to 604800'),
    bisectBatchOnFunctionError: properties.BisectBatchOnFunctionError === true || properties.BisectBatchOnFunctionError === 'true',
    reportBatchItemFailures: responseTypes.includes('ReportBatchItemFailures'),
    filter: compileFilters(filterPatterns(properties), place),
    ...(onFailure === undefined ? {} : { onFailure }),
  };
}

function filterPatterns(properties: JsonObject): string[] {
  const filters = isObject(properties.FilterCriteria) && Array.isArray(properties.FilterCriteria.Filters) ? properties.FilterCriteria.Filters : [];
  // A filter without a pattern lets everything through.
  return filters.map((filter: unknown) => (isObject(filter) && typeof filter.Pattern === 'string' ? filter.Pattern : '{}'));
}

function onFailureQueue(properties: JsonObject, place: string): string | undefined {
  const destinations = isObject(properties.DestinationConfig) ? properties.DestinationConfig : {};
  const destination = isObject(destinations.OnFailure) ? destinations.OnFailure.Destination : undefined;
  if (destination === undefined) return undefined;
  const arn = String(destination);
  if (!/^arn:[^:]*:sqs:/.test(arn)) throw new TemplateError(`${place} has the on-failure destination ${arn}; the local runtime sends to SQS queues only`);
  if (arn.endsWith('.fifo')) throw new TemplateError(`${place} has the on-failure destination ${arn}; Lambda accepts standard queues only`);
  return arn;
}
