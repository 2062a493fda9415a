import fc from 'fast-check';
import { assembleEvents, type Assembly, type ChangeEvent } from '../../lambda/core/change-event.ts';
import { batchBody, nextBatch } from '../../lambda/core/nakadi-batch.ts';
import { assembleSnapshot } from '../../lambda/core/snapshot-event.ts';
import type { AttributeMap, AttributeValue } from '../../lambda/core/stream-record.ts';
import type { CleanupPolicy, EventTypeDefinition } from '../../local/nakadi/event-type.ts';
import { NakadiStandIn } from '../../local/nakadi/nakadi-stand-in.ts';
import { attributeMap, attributeValue } from '../lambda/arbitraries.ts';
import { ODD_NAMES, VALUES, withName } from '../lambda/core/item-images-table.ts';
import { CREATED_AT, keyedRecord, paddedSequence, PUBLISHING, ROUTE, shapeOf, streamRecord, type ShapeOptions } from '../lambda/factories.ts';
import { publish } from './nakadi/support.ts';

const PATCH = '(patch)';

let nakadi: NakadiStandIn;

beforeAll(async () => {
  nakadi = await NakadiStandIn.start();
});
afterAll(() => nakadi.stop());

function createEventType(name: string, schema: object, more: Partial<EventTypeDefinition>): ShapeOptions {
  nakadi.createEventType({ name, category: 'data', schema: { type: 'json_schema', schema: JSON.stringify(schema) }, ...more });
  return { eventType: name, patchAttribute: PATCH, sequenceAttribute: '(sequence)', cleanupPolicy: more.cleanup_policy ?? 'delete' };
}

/** Sends events as the relay does, and fails with Nakadi's words where one is refused. */
async function send(events: readonly ChangeEvent[]): Promise<void> {
  for (let rest = events; rest.length > 0; ) {
    const batch = nextBatch(rest, PUBLISHING);
    const [{ eventType, tombstone }] = batch;
    const body = batchBody(batch).toString();
    const answer = await publish(nakadi, body, { path: `/event-types/${eventType}/${tombstone ? 'deleted-events' : 'events'}` });
    expect([answer.status, answer.text, body]).toEqual([200, '', body]);
    rest = rest.filter((event) => !batch.includes(event));
  }
}

function eventsOf(assembly: Assembly): readonly ChangeEvent[] {
  if (assembly.type === 'invalid') {
    throw new Error(assembly.detail);
  }
  return assembly.type === 'events' ? assembly.events : [];
}

/** All that can happen to an item: it comes, changes, is gone, and is shown as it is. */
function lifeOf(before: AttributeMap, after: AttributeMap, options: ShapeOptions): ChangeEvent[] {
  const shape = shapeOf(options);
  const { streamArn, keys } = streamRecord();
  const subject = { streamArn, keys, sequence: paddedSequence(3), lateMarks: 1, last: { dynamodb: { NewImage: after } } };
  return [
    ...['INSERT', 'MODIFY', 'REMOVE'].map((eventName, index) => assembleEvents(streamRecord({ eventName, sequence: index + 1, oldImage: before, newImage: after }), shape)),
    assembleSnapshot(subject, after, CREATED_AT + 1, shape),
    assembleSnapshot(subject, undefined, CREATED_AT + 1, shape),
  ].flatMap(eventsOf);
}

const withKey = (item: AttributeMap): AttributeMap => Object.assign(Object.create(null), item, { id: { S: 'o-1' } }) as AttributeMap;
const table = VALUES.map(([what, value]): [string, AttributeMap] => [what, { id: { S: 'o-1' }, value }]);
const encoding = fc.constantFrom('exact' as const, 'string' as const);

describe('Nakadi takes the events of an event type in mode forward, with patches as arrays,', () => {
  const TYPES = { delete: 'forward.kept', compact: 'forward.compacted', compact_and_delete: 'forward.both' };
  const shapes = new Map<CleanupPolicy, ShapeOptions>();

  beforeAll(() => {
    for (const [policy, name] of Object.entries(TYPES) as [CleanupPolicy, string][]) {
      const shape = createEventType(name, { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }, { compatibility_mode: 'forward', cleanup_policy: policy });
      shapes.set(policy, { ...shape, tombstones: policy !== 'delete', patchFormat: 'array' });
    }
  });
  const POLICIES = Object.keys(TYPES) as CleanupPolicy[];

  test.each(POLICIES)('with cleanup policy %s: of any items', async (policy) => {
    await fc.assert(
      fc.asyncProperty(attributeMap, attributeMap, encoding, (before, after, numberEncoding) =>
        send(lifeOf(withKey(before), withKey(after), { ...shapes.get(policy), numberEncoding })),
      ),
      { numRuns: 60 },
    );
  });

  test.each(POLICIES)('with cleanup policy %s: of every kind of value', async (policy) => {
    const events = table.flatMap(([, item]) => lifeOf({ id: { S: 'o-1' } }, item, shapes.get(policy)!));
    await send(events);
    const log = nakadi.log(TYPES[policy]).slice(-events.length);
    expect(log.filter(({ tombstone }) => tombstone)).toHaveLength(policy === 'delete' ? 0 : 2 * table.length);
    const raws = new Set(nakadi.consumed(TYPES[policy]).map(({ raw }) => raw));
    expect(events.every(({ json, tombstone }) => tombstone || raws.has(String(json)))).toBe(true);
  });

  test('of every name', async () => {
    const items = ODD_NAMES.map((name) => withKey(withName(name, { M: withName(name, { S: 'x' }) })));
    await send(items.flatMap((item) => lifeOf({ id: { S: 'o-1' } }, item, shapes.get('delete')!)));
  });

  test('of keys of every kind, with a compaction key, a flow id and a time of the team', async () => {
    const keys: AttributeMap[] = [{ id: { N: '12345678901234567890123456789012345678' } }, { id: { B: 'AAH/' } }, { id: { S: '\ud800"\u0000' } }, { id: { S: 'a' }, sk: { N: '-1' } }];
    const shape = { ...shapes.get('compact'), flowIdAttribute: 'flow', occurredAtAttribute: 'at' };
    const times: AttributeValue[] = [{ S: '2026-03-04t05:06:07.123456789+05:30' }, { N: '1772600767.25' }, { N: '0' }, { NULL: true }];
    for (const more of [{}, { exclude: [{ path: ['sk'] }] }, { numberEncoding: 'string' as const }]) {
      const events = keys.flatMap((key) =>
        times.map((at) => assembleEvents(keyedRecord(key, { newImage: { ...key, at, flow: { S: '\u0000ä' } } }), shapeOf({ ...shape, ...more }))),
      );
      await send(events.flatMap(eventsOf));
    }
  });
});

describe('Nakadi takes the events of an event type in mode compatible, whose schema is closed, with patches as JSON strings,', () => {
  const scalar: fc.Arbitrary<AttributeValue> = attributeValue.filter((value) => value.M === undefined && value.L === undefined);
  const named = (inner: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeMap> =>
    fc.record({ a: inner, b: inner, map: fc.record({ x: inner, y: inner }, { requiredKeys: [] }).map((M) => ({ M })) }, { requiredKeys: [] }) as fc.Arbitrary<AttributeMap>;
  const schema = {
    type: 'object',
    properties: {
      id: { type: 'string' },
      a: {},
      b: {},
      value: {},
      map: { type: 'object', properties: { x: {}, y: {} } },
      [PATCH]: { type: 'string' },
      '(sequence)': { type: 'string', pattern: '^[0-9]{40}$' },
    },
    required: ['id'],
  };
  let shape: ShapeOptions;

  beforeAll(() => {
    shape = { ...createEventType('compatible.kept', schema, { compatibility_mode: 'compatible' }), patchFormat: 'json-string' };
  });

  test('of any items', async () => {
    await fc.assert(
      fc.asyncProperty(named(scalar), named(scalar), encoding, (before, after, numberEncoding) =>
        send(lifeOf(withKey(before), withKey(after), { ...shape, numberEncoding })),
      ),
      { numRuns: 100 },
    );
  });

  test('of every kind of value but maps with attributes, which the schema would have to name', async () => {
    const items = table.map(([, item]) => item).filter(({ value }) => Object.keys(value.M ?? {}).length === 0);
    await send(items.flatMap((item) => lifeOf({ id: { S: 'o-1' } }, item, shape)));
  });

  test('and refuses patches as arrays there: the schema would have to name what the operations hold', async () => {
    const events = lifeOf({ id: { S: 'o-1' } }, { id: { S: 'o-1' }, map: { M: { x: { N: '1' } } } }, { ...shape, patchFormat: 'array' });
    const answer = await publish(nakadi, batchBody(events.slice(1, 2)).toString(), { path: '/event-types/compatible.kept/events' });
    expect([answer.status, answer.items.map(({ publishing_status: status }) => status)]).toEqual([422, ['failed']]);
  });
});

test('what Nakadi would refuse is not made: the compaction key follows the cleanup policy', async () => {
  createEventType('policy.other', {}, { cleanup_policy: 'compact' });
  const [event] = eventsOf(assembleEvents(streamRecord(), shapeOf({ eventType: 'policy.other', cleanupPolicy: ROUTE.cleanupPolicy })));
  expect((await publish(nakadi, batchBody([event]).toString(), { path: '/event-types/policy.other/events' })).status).toBe(422);
});
