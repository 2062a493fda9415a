import type { ChangeEvent } from '../../../lambda/core/change-event.ts';
import type { Nakadi } from '../../../lambda/core/ports.ts';
import type { PublishAnswer } from '../../../lambda/core/publish-outcome.ts';

/** What may go wrong with a request that has no bad event in it. */
export type Fault =
  | { readonly type: 'status'; readonly status: number; readonly retryAfterMs?: number }
  /** Nothing is stored, and no answer comes. */
  | { readonly type: 'no-response' }
  /** All is stored, but the answer is lost. */
  | { readonly type: 'lost-answer' }
  /** 207: these are not stored. */
  | { readonly type: 'partly'; readonly failed: (event: ChangeEvent, index: number) => boolean };

/** Nakadi in memory. Stores what it accepts, in order, and refuses what it is told to. */
export class MemoryNakadi implements Nakadi {
  readonly requests: (readonly ChangeEvent[])[] = [];
  /** Every publication, repeated ones too. */
  readonly stored: ChangeEvent[] = [];
  /** Events that fail validation: 422 names the first one. */
  isInvalid: (event: ChangeEvent) => boolean = () => false;
  /** Events that no parser takes: 400, and nobody is named. */
  isUnparsable: (event: ChangeEvent) => boolean = () => false;
  /** What goes wrong, by number of the request. */
  fault: (request: number, events: readonly ChangeEvent[]) => Fault | undefined = () => undefined;
  /** Called with each request. */
  onRequest: (events: readonly ChangeEvent[]) => void = () => undefined;

  publish(events: readonly ChangeEvent[]): Promise<PublishAnswer> {
    const request = this.requests.push(events) - 1;
    this.onRequest(events);
    return Promise.resolve(this.answer(events, this.fault(request, events)));
  }

  /** First publications, per item, as sequence numbers. */
  firstPublications(): Map<string, string[]> {
    const firsts = new Map<string, string[]>();
    for (const { item, sequence } of new Map(this.stored.map((event) => [event.eid, event])).values()) {
      firsts.set(item, [...(firsts.get(item) ?? []), sequence]);
    }
    return firsts;
  }

  private answer(events: readonly ChangeEvent[], fault: Fault | undefined): PublishAnswer {
    if (fault?.type === 'status') {
      return { type: 'response', status: fault.status, body: 'why', retryAfterMs: fault.retryAfterMs };
    }
    if (fault?.type === 'no-response') {
      return { type: 'no-response', detail: 'connection broken' };
    }
    if (events.some(this.isUnparsable)) {
      return { type: 'response', status: 400, body: 'not strict JSON' };
    }
    const invalid = events.find(this.isInvalid);
    if (invalid !== undefined) {
      return response(422, events, (event) => (event === invalid ? 'failed' : 'aborted'));
    }
    const failed = fault?.type === 'partly' ? events.filter(fault.failed) : [];
    this.stored.push(...events.filter((event) => !failed.includes(event)));
    if (fault?.type === 'lost-answer') {
      return { type: 'no-response', detail: 'answer lost' };
    }
    return failed.length > 0 ? response(207, events, (event) => (failed.includes(event) ? 'failed' : 'submitted')) : response(200, [], () => '');
  }
}

function response(status: number, events: readonly ChangeEvent[], statusOf: (event: ChangeEvent) => string): PublishAnswer {
  const items = events.map((event) => ({ eid: event.eid, publishing_status: statusOf(event), step: 'publishing', detail: `sequence ${Number(event.sequence.slice(-6))}` }));
  return { type: 'response', status, body: status === 200 ? '' : JSON.stringify(items) };
}
