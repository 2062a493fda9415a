import { readOutcome, type PublishAnswer, type PublishOutcome } from '../../../lambda/core/publish-outcome.ts';
import { changeEvent } from '../factories.ts';

const [a, b, c] = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('c', 3)];

const response = (status: number, body = '', retryAfterMs?: number): PublishAnswer => ({ type: 'response', status, body, retryAfterMs });
const item = (eid: string, publishing_status: string, step = 'publishing', detail = ''): object => ({ eid, publishing_status, step, detail });
const items = (...entries: unknown[]): string => JSON.stringify(entries);

const GARBAGE = ['', 'null', '"text"', '{}', '[', '[null]', '[1,"x"]', '<html>502</html>', '[{}]', '[{"publishing_status":"submitted"}]'];

describe('what an answer means', () => {
  test.each<[string, PublishAnswer, PublishOutcome]>([
    ['200: all are stored', response(200), { type: 'accepted' }],
    ['207, all submitted: all are stored', response(207, items(item(a.eid, 'submitted'), item(b.eid, 'submitted'), item(c.eid, 'submitted'))), { type: 'accepted' }],
    [
      '207, some failed: the others are stored',
      response(207, items(item(a.eid, 'submitted'), item(b.eid, 'failed', 'publishing', 'timed out'), item(c.eid, 'submitted'))),
      { type: 'partly-accepted', failed: [{ event: b, detail: '207: publishing: timed out' }] },
    ],
    [
      '207, the list in another order: read by eid',
      response(207, items(item(c.eid, 'failed'), item(b.eid, 'submitted'), item(a.eid, 'submitted'))),
      { type: 'partly-accepted', failed: [{ event: c, detail: '207: publishing' }] },
    ],
    [
      '207, an event is not named: it is not stored',
      response(207, items(item(a.eid, 'submitted'), item(b.eid, 'submitted'))),
      { type: 'partly-accepted', failed: [{ event: c, detail: '207: the answer does not name the event' }] },
    ],
    [
      '207, aborted is not stored either',
      response(207, items(item(a.eid, 'aborted', 'partitioning'), item(b.eid, 'submitted'), item(c.eid, 'submitted'))),
      { type: 'partly-accepted', failed: [{ event: a, detail: '207: partitioning' }] },
    ],
    [
      '422 with a failed event: that one is rejected, none is stored',
      response(422, items(item(a.eid, 'aborted', 'none'), item(b.eid, 'failed', 'validating', '#/amount: not a number'), item(c.eid, 'aborted', 'none'))),
      { type: 'rejected', rejected: [{ event: b, detail: '422: validating: #/amount: not a number' }] },
    ],
    [
      '422 with several failed events: all of these are rejected',
      response(422, items(item(a.eid, 'failed', 'validating', 'bad'), item(b.eid, 'aborted'), item(c.eid, 'failed', 'validating', 'bad'))),
      { type: 'rejected', rejected: [{ event: a, detail: '422: validating: bad' }, { event: c, detail: '422: validating: bad' }] },
    ],
    [
      '422 that names only events of other requests: none is to blame',
      response(422, items(item('another', 'failed'))),
      { type: 'unexplained', detail: `422: ${items(item('another', 'failed'))}` },
    ],
    [
      '422 without a failed event',
      response(422, items(item(a.eid, 'aborted', 'validating', 'not the owner'))),
      { type: 'unexplained', detail: `422: ${items(item(a.eid, 'aborted', 'validating', 'not the owner'))}` },
    ],
    [
      '207 that says two things of an event: the worse one counts',
      response(207, items(item(a.eid, 'failed', 'publishing', 'timed out'), item(a.eid, 'submitted'), item(b.eid, 'submitted'), item(c.eid, 'submitted'))),
      { type: 'partly-accepted', failed: [{ event: a, detail: '207: publishing: timed out' }] },
    ],
    [
      '422 that says two things of an event: the worse one counts',
      response(422, items(item(a.eid, 'failed', 'validating', 'bad'), item(a.eid, 'aborted'), item(b.eid, 'aborted'), item(c.eid, 'aborted'))),
      { type: 'rejected', rejected: [{ event: a, detail: '422: validating: bad' }] },
    ],
    ['400: nobody is named', response(400, '{"title":"Bad Request"}'), { type: 'unexplained', detail: '400: {"title":"Bad Request"}' }],
    ['413: nobody is named', response(413, 'too large'), { type: 'unexplained', detail: '413: too large' }],
    ['429 with Retry-After', response(429, 'slow down', 3_000), { type: 'away', scope: 'nakadi', detail: '429: slow down', retryAfterMs: 3_000 }],
    ['no answer at all', { type: 'no-response', detail: 'TypeError: ECONNRESET' }, { type: 'away', scope: 'nakadi', detail: 'TypeError: ECONNRESET' }],
  ])('%s', (_, answer, outcome) => {
    expect(readOutcome(answer, [a, b, c])).toEqual(outcome);
  });

  test.each([403, 404])('%d: the event type takes nothing', (status) => {
    expect(readOutcome(response(status, 'why'), [a])).toEqual({ type: 'away', scope: 'event-type', detail: `${status}: why` });
  });

  test.each([100, 201, 202, 204, 301, 302, 307, 401, 408, 409, 429, 500, 502, 503, 504, 599])('%d: Nakadi is away', (status) => {
    expect(readOutcome(response(status, 'why'), [a])).toEqual({ type: 'away', scope: 'nakadi', detail: `${status}: why` });
  });
});

describe('an answer whose body says nothing', () => {
  test.each(GARBAGE)('stores nothing with 207 and body %j', (body) => {
    const outcome = readOutcome(response(207, body), [a, b]);
    expect(outcome).toMatchObject({ type: 'partly-accepted', failed: [{ event: a }, { event: b }] });
  });

  test.each(GARBAGE)('blames nobody with 422 and body %j', (body) => {
    expect(readOutcome(response(422, body), [a, b])).toEqual({ type: 'unexplained', detail: `422: ${body}` });
  });

  test.each(GARBAGE.filter((body) => body.trim() !== ''))('is no acceptance with 200 and body %j: something before Nakadi may have answered', (body) => {
    expect(readOutcome(response(200, body), [a])).toMatchObject({ type: 'away', scope: 'nakadi' });
  });

  test.each(['', ' \n', JSON.stringify([{ eid: a.eid, publishing_status: 'submitted' }])])('is an acceptance with 200 and body %j', (body) => {
    expect(readOutcome(response(200, body), [a])).toEqual({ type: 'accepted' });
  });

  test('is no acceptance with 200 where the list says otherwise', () => {
    expect(readOutcome(response(200, JSON.stringify([{ eid: a.eid, publishing_status: 'failed' }])), [a])).toMatchObject({ type: 'away' });
  });
});

test('reasons are kept short', () => {
  const long = 'x'.repeat(10_000);
  const failed = readOutcome(response(422, items(item(a.eid, 'failed', 'validating', long))), [a]);
  expect(failed.type === 'rejected' && failed.rejected[0].detail.length).toBeLessThan(520);
  expect(readOutcome(response(503, long), [a])).toMatchObject({ type: 'away', detail: expect.stringMatching(/^.{505}$/) as string });
});

test('statuses and steps that are no text are no reasons', () => {
  const outcome = readOutcome(response(207, items({ eid: a.eid, publishing_status: 1, step: {}, detail: ['x'] })), [a]);
  expect(outcome).toEqual({ type: 'partly-accepted', failed: [{ event: a, detail: '207: ' }] });
});
