import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { createPatch } from 'rfc6902';
import type { RawStreamRecord } from '../../lambda/core/stream-record.ts';
import { lambdaFunction, type Invoke } from '../contenders/contender.ts';
import { dataChangeEvent } from './data-change.ts';

/** A relay on Powertools' batch processing: one request for each record, all of a batch at the same time, each with its own outcome. */
export function powertoolsRelay(publishOne: (event: unknown) => Promise<void>, payloads: readonly Buffer[]): Invoke {
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  const recordHandler = (record: DynamoDBRecord): Promise<void> => publishOne(dataChangeEvent(record as RawStreamRecord, createPatch));
  return lambdaFunction((event) => processPartialResponse(event as DynamoDBStreamEvent, recordHandler, processor), payloads);
}
