import type { AccessTokens } from './access-tokens.ts';
import { json, type Answer } from './answer.ts';
import type { Entry, EventLog } from './event-log.ts';
import type { EventTypes } from './event-types.ts';
import { parseBody } from './event-types-api.ts';
import { checkFaultSpec } from './fault-schema.ts';
import type { Faults } from './faults.ts';
import { Problem } from './problem.ts';
import type { RequestLog } from './request-log.ts';

/** A request below `/-/`. */
export interface ControlRequest {
  readonly method: string;
  /** The parts of the path after `/-`. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly body: string;
}

/** What the control API looks at and changes. */
export interface ControlledParts {
  readonly eventTypes: EventTypes;
  readonly faults: Faults;
  readonly requests: RequestLog;
  readonly tokens: AccessTokens;
}

/**
 * Answers a request of a test or a tool in another process. Not part of Nakadi, needs no token, meets no fault.
 *
 * - `GET|POST|DELETE /-/faults`, `DELETE /-/faults/{id}`: a fault is posted as its `FaultSpec`
 * - `GET /-/log?event_type=…[&view=consumed|compacted][&partition=…][&from=…][&limit=…]`: `{total, entries}`
 * - `GET /-/requests[?from=…]`: `{count, connections, requests}`
 * - `POST /-/tokens/expire`, `POST /-/tokens/revoke`: the body names one `token`; without, all of them
 * - `PUT|DELETE /-/blocked/{event type}`: publishing to it is answered with 403, or no longer
 */
export async function answerControl(request: ControlRequest, parts: ControlledParts): Promise<Answer> {
  const { path: [resource, name], method, query, body } = request;
  switch (`${method} ${resource}${name === undefined ? '' : '/…'}`) {
    case 'GET faults':
      return json(200, { faults: parts.faults.list() });
    case 'POST faults':
      return addFault(parts.faults, parseBody(body));
    case 'DELETE faults':
      await parts.faults.clear();
      return { status: 204 };
    case 'DELETE faults/…':
      await parts.faults.clear(Number(name));
      return { status: 204 };
    case 'GET log':
      return json(200, logPage(parts.eventTypes.get(query.get('event_type') ?? '').log, query));
    case 'GET requests': {
      const { count, connections, list } = parts.requests;
      return json(200, { count, connections, requests: list.slice(numberIn(query, 'from', 0)) });
    }
    case 'POST tokens/…':
      return endTokens(parts.tokens, name, body === '' ? {} : parseBody(body));
    case 'PUT blocked/…':
    case 'DELETE blocked/…':
      parts.eventTypes.get(name).blocked = method === 'PUT';
      return { status: 204 };
    default:
      throw new Problem(404, 'the control API has nothing at this path for this method');
  }
}

function addFault(faults: Faults, body: unknown): Answer {
  const spec = checkFaultSpec(body);
  if (spec.kind === 'outage' && spec.how === 'refuse' && spec.forMs === undefined) {
    throw new Problem(422, 'an outage that refuses connections needs forMs, for nobody could clear it over HTTP');
  }
  return json(201, { id: faults.add(spec).id });
}

function logPage(log: EventLog, query: URLSearchParams): { total: number; entries: Entry[] } {
  const partition = query.get('partition');
  const entries = viewOf(log, query.get('view') ?? 'log').filter((entry) => partition === null || entry.partition === partition);
  const from = numberIn(query, 'from', 0);
  return { total: entries.length, entries: entries.slice(from, from + numberIn(query, 'limit', entries.length)) };
}

function viewOf(log: EventLog, view: string): Entry[] {
  switch (view) {
    case 'log':
      return log.entries();
    case 'consumed':
      return log.consumed();
    case 'compacted':
      return log.compacted();
    default:
      throw new Problem(422, `view must be log, consumed or compacted, not ${view}`);
  }
}

function endTokens(tokens: AccessTokens, action: string, body: unknown): Answer {
  const token = (body as { token?: unknown } | null)?.token;
  if (token !== undefined && typeof token !== 'string') throw new Problem(422, 'token must be a string');
  if (action === 'expire') tokens.expire(token);
  else if (action === 'revoke') tokens.revoke(token);
  else throw new Problem(404, 'tokens can be made to expire, or be revoked');
  return { status: 204 };
}

function numberIn(query: URLSearchParams, name: string, byDefault: number): number {
  const text = query.get(name);
  if (text === null) return byDefault;
  if (!/^\d+$/.test(text)) throw new Problem(422, `${name} must be a whole number from 0, not ${text}`);
  return Number(text);
}
