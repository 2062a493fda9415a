import { closeSchema } from '../../../local/nakadi/compatible-schema.ts';
import { compileEventSchema } from '../../../local/nakadi/event-schema.ts';
import { completeEventType, type EventTypeDefinition } from '../../../local/nakadi/event-type.ts';
import { isRfc3339 } from '../../../local/nakadi/metadata-schema.ts';
import { eidOf, keyedEvent, ORDERS, orderEvent, ordersType } from './support.ts';

const VALID = { eid: eidOf(1), occurred_at: '2026-05-04T10:11:12Z' };

function faultOf(event: unknown, eventType: Partial<EventTypeDefinition> & { json?: unknown } = {}): string | undefined {
  return compileEventSchema(completeEventType(ordersType(eventType)))(event);
}

describe('the data-change wrapper', () => {
  test.each(['C', 'U', 'D', 'S'])('takes data_op %s', (data_op) => {
    expect(faultOf(orderEvent(1, { data_op }))).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['a patch stands beside data', { patch: [] }, 'must NOT have additional properties (patch)'],
    ['data_op is something else', { data_op: 'X' }, '#/data_op must be equal to one of the allowed values'],
    ['data_type is missing', { data_type: undefined }, "# must have required property 'data_type'"],
    ['data_type is no text', { data_type: 1 }, '#/data_type must be string'],
    ['data is missing', { data: undefined }, "# must have required property 'data'"],
    ['metadata is missing', { metadata: undefined }, "# must have required property 'metadata'"],
    ['data does not fit its schema', { data: { id: 'a', amount: '12' } }, '#/data/amount must be number'],
  ])('fails when %s', (_, fields, message) => {
    expect(faultOf(JSON.parse(JSON.stringify(orderEvent(1, fields))))).toContain(message);
  });
});

describe('metadata', () => {
  test.each<[string, Record<string, unknown>]>([
    ['an upper-case eid', { eid: 'ABCDEF00-0000-0000-0000-000000000000' }],
    ['the event type itself', { event_type: ORDERS }],
    ['a partition', { partition: '0' }],
    ['a flow id', { flow_id: 'flow' }],
    ['parents', { parent_eids: [eidOf(2)] }],
    ['a span context', { span_ctx: { a: 'b' } }],
    ['an offset in the time', { occurred_at: '2026-05-04T10:11:12.123456789+02:00' }],
  ])('may say %s', (_, metadata) => {
    expect(faultOf(orderEvent(1, { metadata: { ...VALID, ...metadata } }))).toBeUndefined();
  });

  test.each<[string, Record<string, unknown>, string]>([
    ['eid has no dashes', { eid: 'abcdef00000000000000000000000000' }, '#/metadata/eid must match pattern'],
    ['eid is too long', { eid: `${eidOf(1)}0` }, '#/metadata/eid must match pattern'],
    ['occurred_at has no offset', { occurred_at: '2026-05-04T10:11:12' }, '#/metadata/occurred_at must match format'],
    ['occurred_at is missing', { occurred_at: undefined }, "must have required property 'occurred_at'"],
    ['event_type is another', { event_type: 'other' }, '#/metadata/event_type must be equal'],
    ['received_at is set', { received_at: '2026-05-04T10:11:12Z' }, '(received_at)'],
    ['version is set', { version: '1.0.0' }, '(version)'],
    ['published_by is set', { published_by: 'me' }, '(published_by)'],
    ['a field is unknown', { sequence: 1 }, '(sequence)'],
    ['a span context holds a number', { span_ctx: { a: 1 } }, '#/metadata/span_ctx/a must be string'],
    ['a parent is no eid', { parent_eids: ['x'] }, '#/metadata/parent_eids/0 must match pattern'],
    ['there is a compaction key without compaction', { partition_compaction_key: 'k' }, '(partition_compaction_key)'],
  ])('fails when %s', (_, metadata, message) => {
    expect(faultOf(JSON.parse(JSON.stringify(orderEvent(1, { metadata: { ...VALID, ...metadata } }))))).toContain(message);
  });

  test.each(['compact', 'compact_and_delete'] as const)('needs a compaction key for the policy %s', (cleanup_policy) => {
    expect(faultOf(keyedEvent(1, 'key'), { cleanup_policy })).toBeUndefined();
    expect(faultOf(keyedEvent(1, ''), { cleanup_policy })).toContain('partition_compaction_key must NOT have fewer than 1 characters');
    expect(faultOf(orderEvent(1), { cleanup_policy })).toContain("must have required property 'partition_compaction_key'");
  });
});

describe('compatibility mode compatible', () => {
  const json = { type: 'object', properties: { id: { type: 'string' }, patch: { type: 'array', items: { properties: { op: {}, path: {}, value: {} } } } } };
  const withValue = (value: unknown) => orderEvent(1, { data: { id: 'a', patch: [{ op: 'add', path: '/x', value }] } });

  test.each([1, 'text', null, true, [1, 2], {}])('takes an RFC 6902 operation with the value %j', (value) => {
    expect(faultOf(withValue(value), { json, compatibility_mode: 'compatible' })).toBeUndefined();
  });

  test('fails when an RFC 6902 operation has an object as its value', () => {
    expect(faultOf(withValue({ a: 1 }), { json, compatibility_mode: 'compatible' })).toContain('#/data/patch/0/value must NOT have additional properties (a)');
    expect(faultOf(withValue({ a: 1 }), { json, compatibility_mode: 'forward' })).toBeUndefined();
  });

  test('fails when the payload has a property that the schema does not name', () => {
    expect(faultOf(orderEvent(1, { data: { id: 'a', more: 1 } }), { json, compatibility_mode: 'compatible' })).toContain('(more)');
    expect(faultOf(orderEvent(1, { data: { id: 'a', more: 1 } }), { json })).toBeUndefined();
  });

  test.each([
    [{ properties: { not: { type: 'string' } } }, undefined],
    [{ additionalProperties: false }, 'additionalProperties'],
    [{ properties: { a: { not: {} } } }, 'not'],
    [{ definitions: { a: { patternProperties: {} } } }, 'patternProperties'],
    [{ anyOf: [{ items: { additionalItems: false } }] }, 'additionalItems'],
  ])('judges the keywords of %j', (schema, keyword) => {
    const compile = () => compileEventSchema(completeEventType(ordersType({ json: schema, compatibility_mode: 'compatible' })));
    if (keyword === undefined) expect(compile).not.toThrow();
    else expect(compile).toThrow(`schema uses ${keyword}, which compatibility mode compatible does not support`);
  });

  test('closes objects at every depth, and nothing else', () => {
    const schema = {
      properties: { text: { type: 'string' }, any: {}, one: { $ref: '#/definitions/d' }, both: { type: ['object', 'null'] } },
      definitions: { d: { required: ['x'] } },
      allOf: [{ items: [{}] }],
    };
    expect(closeSchema(schema)).toEqual({
      additionalProperties: false,
      properties: {
        text: { type: 'string' },
        any: { additionalProperties: false },
        one: { $ref: '#/definitions/d' },
        both: { type: ['object', 'null'], additionalProperties: false },
      },
      definitions: { d: { required: ['x'], additionalProperties: false } },
      allOf: [{ items: [{ additionalProperties: false }], additionalItems: false }],
    });
  });
});

describe('the schema of an event type', () => {
  test('may refer to its own definitions', () => {
    const json = { definitions: { text: { type: 'string' } }, properties: { id: { $ref: '#/definitions/text' } } };
    expect(faultOf(orderEvent(1), { json })).toBeUndefined();
    expect(faultOf(orderEvent(1, { data: { id: 1 } }), { json })).toContain('#/data/id must be string');
  });

  test('may name its dialect and its address', () => {
    const json = { $schema: 'http://json-schema.org/draft-04/schema#', id: 'https://example.org/order', properties: { id: { type: 'string' } } };
    expect(faultOf(orderEvent(1), { json })).toBeUndefined();
  });

  test('adds metadata to a business event', () => {
    const business = { category: 'business', json: { properties: { total: { type: 'number' } } } } as const;
    expect(faultOf({ metadata: VALID, total: 1 }, business)).toBeUndefined();
    expect(faultOf({ total: 1 }, business)).toContain("must have required property 'metadata'");
    expect(faultOf({ metadata: { ...VALID, version: '1.0.0' } }, business)).toContain('(version)');
    expect(faultOf({ metadata: VALID, total: '1' }, business)).toContain('#/total must be number');
  });

  test('is all there is for category undefined', () => {
    expect(faultOf({ id: 'a' }, { category: 'undefined' })).toBeUndefined();
    expect(faultOf({}, { category: 'undefined' })).toContain("must have required property 'id'");
  });

  test.each([
    ['{', 'schema is not JSON'],
    ['[]', 'schema must be a JSON object'],
    ['{"type": "thing"}', 'schema is not a valid JSON schema'],
  ])('fails when it is %s', (schema, message) => {
    expect(() => compileEventSchema(completeEventType(ordersType({ schema: { type: 'json_schema', schema } })))).toThrow(message);
  });
});

test.each<[string, boolean]>([
  ['2026-05-04T10:11:12Z', true],
  ['2026-05-04t10:11:12z', true],
  ['2024-02-29T23:59:59.5-18:00', true],
  ['2026-05-04T10:11:12.123456789+17:59', true],
  ['2026-05-04T10:11:12.1234567890Z', false],
  ['2026-05-04T10:11:12+18:01', false],
  ['2026-05-04T10:11:12-23:59', false],
  ['2016-12-31T23:59:60Z', false],
  ['2026-02-29T10:11:12Z', false],
  ['2026-13-01T10:11:12Z', false],
  ['2026-05-04T24:00:00Z', false],
  ['2026-05-04 10:11:12Z', false],
  ['2026-05-04T10:11Z', false],
  ['2026-05-04T10:11:12+0200', false],
  ['1777889472', false],
])('Java takes %s for a time: %s', (text, expected) => {
  expect(isRfc3339(text)).toBe(expected);
});
