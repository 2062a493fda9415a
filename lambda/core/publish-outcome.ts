import type { ChangeEvent } from './change-event.ts';

/** What came back from a request to publish. */
export type PublishAnswer =
  | { readonly type: 'response'; readonly status: number; readonly body: string; readonly retryAfterMs?: number }
  /** Nothing, or nothing whole: a refused or broken connection, a time-out. Nakadi may have stored the events. */
  | { readonly type: 'no-response'; readonly detail: string };

/** An event that Nakadi named, and what it said of it. */
export interface NamedEvent {
  readonly event: ChangeEvent;
  readonly detail: string;
}

/** What takes no events: one event type, or Nakadi as a whole. */
export type AwayScope = 'event-type' | 'nakadi';

/** What an answer means for the events of its request. What is not provably accepted counts as not accepted. */
export type PublishOutcome =
  /** Every event is stored. */
  | { readonly type: 'accepted' }
  /** Some events are stored; those that are not may be sent again. */
  | { readonly type: 'partly-accepted'; readonly failed: readonly NamedEvent[] }
  /** No event is stored, because of these. */
  | { readonly type: 'rejected'; readonly rejected: readonly NamedEvent[] }
  /** No event is stored, and it is not said which one is to blame. */
  | { readonly type: 'unexplained'; readonly detail: string }
  /** Nakadi cannot or will not take events now: of this event type, or any. */
  | { readonly type: 'away'; readonly scope: AwayScope; readonly detail: string; readonly retryAfterMs?: number };

/** An entry of the list with which Nakadi answers 207 and 422. */
interface BatchItemResponse {
  readonly eid?: unknown;
  readonly publishing_status?: unknown;
  readonly step?: unknown;
  readonly detail?: unknown;
}

/** Characters of an answer that are kept as a reason. */
const DETAIL_LENGTH = 500;

/**
 * Reads an answer.
 *
 * @see https://nakadi.io/manual.html#/event-types/name/events_post
 */
export function readOutcome(answer: PublishAnswer, events: readonly ChangeEvent[]): PublishOutcome {
  if (answer.type === 'no-response') {
    return { type: 'away', scope: 'nakadi', detail: answer.detail };
  }
  switch (answer.status) {
    case 200:
      return isSilent(answer.body, events) ? { type: 'accepted' } : { type: 'away', scope: 'nakadi', detail: describe(answer.status, answer.body) };
    case 207:
      return partlyAccepted(answer.body, events);
    case 422:
      return rejected(answer.body, events);
    case 400:
    case 413:
      return { type: 'unexplained', detail: describe(answer.status, answer.body) };
    case 403:
    case 404:
      return { type: 'away', scope: 'event-type', detail: describe(answer.status, answer.body) };
    default:
      return { type: 'away', scope: 'nakadi', detail: describe(answer.status, answer.body), retryAfterMs: answer.retryAfterMs };
  }
}

/** Whether a body says nothing against its status. Nakadi's is empty; another one may come from something that stands before it. */
function isSilent(body: string, events: readonly ChangeEvent[]): boolean {
  return body.trim() === '' || partlyAccepted(body, events).type === 'accepted';
}

/** Each event that the list does not call submitted has failed; where there is no list, all have. */
function partlyAccepted(body: string, events: readonly ChangeEvent[]): PublishOutcome {
  const responses = byEid(parseResponses(body));
  const failed = events
    .filter((event) => responses.get(event.eid)?.publishing_status !== 'submitted')
    .map((event) => ({ event, detail: `207: ${itemDetail(responses.get(event.eid))}` }));
  return failed.length === 0 ? { type: 'accepted' } : { type: 'partly-accepted', failed };
}

function rejected(body: string, events: readonly ChangeEvent[]): PublishOutcome {
  const responses = parseResponses(body);
  const known = byEid(responses);
  const named = events
    .filter((event) => known.get(event.eid)?.publishing_status === 'failed')
    .map((event) => ({ event, detail: `422: ${itemDetail(known.get(event.eid))}` }));
  return named.length > 0 ? { type: 'rejected', rejected: named } : { type: 'unexplained', detail: describe(422, body) };
}

function parseResponses(body: string): BatchItemResponse[] {
  try {
    const parsed: unknown = JSON.parse(body);
    return Array.isArray(parsed) ? parsed.filter((entry) => typeof entry === 'object' && entry !== null) : [];
  } catch {
    return [];
  }
}

/** What is said of each event. Where two say different things of one, the worse one counts: it is not provably accepted. */
function byEid(responses: readonly BatchItemResponse[]): Map<unknown, BatchItemResponse> {
  const badness = ({ publishing_status: status }: BatchItemResponse): number => (status === 'failed' ? 2 : status === 'submitted' ? 0 : 1);
  return new Map(responses.toSorted((a, b) => badness(a) - badness(b)).map((response) => [response.eid, response]));
}

function itemDetail(response: BatchItemResponse | undefined): string {
  if (response === undefined) {
    return 'the answer does not name the event';
  }
  return [response.step, response.detail].filter((part) => typeof part === 'string' && part !== '').join(': ').slice(0, DETAIL_LENGTH);
}

function describe(status: number, body: string): string {
  return `${status}: ${body.slice(0, DETAIL_LENGTH)}`;
}
