import { parseStrictJsonArray, StrictJsonError } from './strict-json.ts';
import { Problem } from './problem.ts';

/** A parsed event. Its numbers are doubles: enough to validate it, not to keep it. */
export type ParsedEvent = Record<string, unknown>;

/** One event of a request: what it says, and the text that is stored. */
export interface BatchItem {
  readonly event: ParsedEvent;
  /** The exact text, from `{` to `}`. */
  readonly raw: string;
  /** `metadata.eid`, where it is a text. */
  readonly eid: string | undefined;
}

/** What Nakadi answers about one event of a batch that was not accepted as a whole. */
export interface BatchItemResponse {
  readonly eid?: string;
  readonly publishing_status: 'submitted' | 'failed' | 'aborted';
  /** How far the event got. */
  readonly step: 'none' | 'validating' | 'partitioning' | 'enriching' | 'publishing';
  /** The reason of a failure; empty otherwise. */
  readonly detail: string;
}

/** Reads the body of a request. Throws a 400 problem, which says nothing about single events. */
export function parseBatch(body: string): BatchItem[] {
  return parseElements(body).map(({ value, raw }, index) => {
    if (!isObject(value)) throw new Problem(400, `element ${index} of the batch is not a JSON object`);
    return { event: value, raw, eid: textAt(value, 'eid') };
  });
}

/** `metadata.<name>` of an event, where it is a text. */
export function textAt(event: ParsedEvent, name: string): string | undefined {
  const value = isObject(event.metadata) && Object.hasOwn(event.metadata, name) ? event.metadata[name] : undefined;
  return typeof value === 'string' ? value : undefined;
}

/** The value at a path of names joined by dots; `undefined` where nothing is there. */
export function valueAt(event: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>(
    (value, name) => (isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined), event,
  );
}

function parseElements(body: string): ReturnType<typeof parseStrictJsonArray> {
  try {
    return parseStrictJsonArray(body);
  } catch (cause) {
    if (cause instanceof StrictJsonError) throw new Problem(400, cause.message);
    throw cause;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
