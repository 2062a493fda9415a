import { randomBytes } from 'node:crypto';
import { json, type Answer } from './answer.ts';
import type { EventTypes, StoredEventType } from './event-types.ts';
import { Problem } from './problem.ts';
import { publish, type PublishContext } from './publishing.ts';
import type { RequestEntry } from './request-log.ts';
import { parseStrictJson, StrictJsonError } from './strict-json.ts';

/** A request to Nakadi's API, read and authorised. */
export interface ApiRequest {
  readonly method: string;
  /** The parts of the path after `/event-types`. */
  readonly path: readonly string[];
  readonly body: string;
  readonly flowId: string | undefined;
  /** Gets the number of events, of those stored too. */
  readonly entry: RequestEntry;
}

type Handler = (request: ApiRequest, eventTypes: EventTypes, context: PublishContext) => Answer;

const COLLECTION: Readonly<Record<string, Handler>> = {
  GET: (_, eventTypes) => json(200, eventTypes.list()),
  POST: ({ body }, eventTypes) => json(201, eventTypes.create(parseBody(body))),
};
const SINGLE: Readonly<Record<string, Handler>> = {
  GET: ({ path: [name] }, eventTypes) => json(200, eventTypes.get(name).definition),
  PUT: ({ path: [name], body }, eventTypes) => json(200, eventTypes.update(name, parseBody(body))),
  DELETE: ({ path: [name] }, eventTypes) => {
    eventTypes.delete(name);
    return { status: 200 };
  },
};
const PARTS: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  events: { POST: (...args) => postEvents(false, ...args) },
  'deleted-events': { POST: (...args) => postEvents(true, ...args) },
  partitions: { GET: ({ path: [name] }, eventTypes) => json(200, partitionsOf(eventTypes.get(name))) },
};

/** Answers a request below `/event-types`. Throws a problem for every refusal. */
export function answerEventTypes(request: ApiRequest, eventTypes: EventTypes, context: PublishContext): Answer {
  const methods = methodsAt(request.path);
  if (methods === undefined) throw new Problem(404, 'there is nothing at this path');
  if (!Object.hasOwn(methods, request.method)) {
    throw new Problem(405, `${request.method} is not possible here`, { allow: Object.keys(methods).join(', ') });
  }
  return methods[request.method](request, eventTypes, context);
}

function methodsAt(path: readonly string[]): Readonly<Record<string, Handler>> | undefined {
  if (path.length === 0) return COLLECTION;
  if (path.length === 1) return SINGLE;
  return path.length === 2 && Object.hasOwn(PARTS, path[1]) ? PARTS[path[1]] : undefined;
}

function postEvents(deletes: boolean, request: ApiRequest, eventTypes: EventTypes, context: PublishContext): Answer {
  const { path: [name], body, entry } = request;
  if (eventTypes.has(name) && eventTypes.get(name).blocked) throw new Problem(403, 'the application or the event type is blocked');
  const flowId = request.flowId ?? randomBytes(18).toString('base64url');
  const result = publish({ body, deletes, flowId, request: entry.number }, () => eventTypes.get(name), context);
  entry.events = result.events;
  entry.stored = result.stored;
  switch (result.status) {
    case 'submitted':
      return { status: 200 };
    case 'aborted':
      return json(422, result.responses);
    case 'failed':
      return json(207, result.responses);
  }
}

function partitionsOf({ partitions, log }: StoredEventType): unknown[] {
  return partitions.map((partition) => {
    const count = log.partition(partition).length;
    return { partition, oldest_available_offset: '0', newest_available_offset: count === 0 ? 'BEGIN' : String(count - 1) };
  });
}

/** Reads a body that is one JSON value. Throws a 400 problem. */
export function parseBody(body: string): unknown {
  try {
    return parseStrictJson(body);
  } catch (cause) {
    if (cause instanceof StrictJsonError) throw new Problem(400, cause.message);
    throw cause;
  }
}
