import { StringDecoder } from 'node:string_decoder';
import type { RawStreamRecord } from '../../lambda/core/stream-record.ts';

/** Where contenders send what they publish, and what they find in place of AWS. */
export interface Targets {
  /** Base URL of the stand-in for Nakadi, which takes everything. */
  readonly nakadi: string;
  /** URL of the stand-in for DynamoDB and SQS, in which there is nothing. */
  readonly aws: string;
}

/** What an event source mapping hands to a function. */
export interface StreamEvent {
  readonly Records: readonly RawStreamRecord[];
}

/** One invocation, told by its number; it has failed where it throws. */
export type Invoke = (payload: number) => Promise<void>;

/** Sets a contender up. */
export type Contender = (targets: Targets, payloads: readonly Buffer[]) => Promise<Invoke>;

/** URL that takes the events of the bench. */
export function eventsUrl({ nakadi }: Targets): string {
  return `${nakadi}/event-types/order-store.order-changed/events`;
}

const DECODER = new StringDecoder('utf8');

/**
 * Reads a payload as Lambda's runtime does: V8's own decoder makes a text of it in V8's heap. `Buffer.toString` has a faster one, and puts a text of more than
 * 1 MB outside of that heap, the bench's in two bytes a character; what its pages cost changes from process to process.
 *
 * @see https://github.com/aws/aws-lambda-nodejs-runtime-interface-client
 */
export function readPayload(payload: Buffer): StreamEvent {
  return JSON.parse(DECODER.end(payload)) as StreamEvent;
}

/** A contender that is a function: its event is read from the payload. */
export function lambdaFunction(handler: (event: StreamEvent) => Promise<unknown>, payloads: readonly Buffer[]): Invoke {
  return async (payload) => {
    const answer = (await handler(readPayload(payloads[payload]))) as { batchItemFailures?: unknown[] } | undefined;
    if ((answer?.batchItemFailures?.length ?? 0) > 0) {
      throw new Error('the relay did not publish all records of the batch');
    }
  };
}
