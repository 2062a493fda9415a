import fc from 'fast-check';
import { applyPatch, type Operation } from 'fast-json-patch';
import { assembleEvents, type ChangeEvent } from '../../../lambda/core/change-event.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { attributeMap, attributeValue } from '../arbitraries.ts';
import { CREATED_AT, keyedRecord, paddedSequence, shapeOf, streamRecord, type ShapeOptions } from '../factories.ts';

/** A name that no item of these tests has. */
const PATCH = '(patch)';
const PATCH_FORMATS = ['array', 'json-string'] as const;

const item = attributeMap.map((more): AttributeMap => Object.assign(Object.create(null), more, { id: { S: 'o-1' } }) as AttributeMap);
/** Two items, often with much in common. */
const pair = fc.oneof(
  fc.tuple(item, item),
  fc.tuple(item, fc.constantFrom('a', '__proto__', 'constructor', ''), attributeValue, attributeValue).map(([common, name, before, after]): [AttributeMap, AttributeMap] => [
    withAttribute(common, name, before),
    withAttribute(common, name, after),
  ]),
);

function withAttribute(common: AttributeMap, name: string, value: AttributeMap[string]): AttributeMap {
  const changed = Object.assign(Object.create(null), common) as Record<string, AttributeMap[string]>;
  changed[name] = value;
  return changed;
}

/** JSON as data, with the text of each number kept, and without the name that the other implementation cannot set. */
function parsed(json: string): { data: Record<string, unknown> } {
  const parse = JSON.parse as (text: string, reviver: (name: string, value: unknown, context: { source?: string }) => unknown) => unknown;
  return parse(json, (_, value, { source }) => {
    if (typeof value === 'number') {
      return `number ${source}`;
    }
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name === '__proto__' ? '(proto)' : name, member as unknown]))
      : value;
  }) as { data: Record<string, unknown> };
}

function changed(eventName: string, oldImage: AttributeMap, newImage: AttributeMap, shape: ShapeOptions): ChangeEvent | undefined {
  const assembly = assembleEvents(streamRecord({ eventName, oldImage, newImage }), shapeOf({ patchAttribute: PATCH, ...shape }));
  if (assembly.type === 'invalid') {
    throw new Error(assembly.detail);
  }
  return assembly.type === 'events' ? assembly.events[0] : undefined;
}

test.each(PATCH_FORMATS)('applied to the data of an event, the patch of the next one gives its data, as %s, for every pair of items', (patchFormat) => {
  const settings = fc.record({ numberEncoding: fc.constantFrom('exact' as const, 'string' as const), sequenceAttribute: fc.constantFrom(undefined, '(sequence)') });
  fc.assert(
    fc.property(pair, settings, ([before, after], options) => {
      const shape = { patchFormat, ...options };
      const event = changed('MODIFY', before, after, shape);
      const dataOf = (image: AttributeMap): Record<string, unknown> => parsed(String(changed('INSERT', image, image, { ...shape, sequenceAttribute: undefined })!.json)).data;
      if (event === undefined) {
        expect(dataOf(after)).toEqual(dataOf(before));
        return;
      }
      const { [PATCH]: written, '(sequence)': sequence, ...data } = parsed(String(event.json)).data;
      expect(sequence).toBe(options.sequenceAttribute && paddedSequence(1));
      const patch = (patchFormat === 'array' ? written : parsed(`{"data":${written as string}}`).data) as Operation[];
      expect(patch.length).toBeGreaterThan(0);
      const operations = patch.map((operation) => ({ ...operation, path: operation.path.replaceAll(/(?<=\/)__proto__(?=\/|$)/g, '(proto)') }));
      expect(applyPatch(dataOf(before), operations as Operation[], true, true, false).newDocument).toEqual(data);
      expect(data).toEqual(dataOf(after));
    }),
    { numRuns: 700 },
  );
});

test('every event is whole: its four fields, its size in bytes, its place, and the same again for the same record', () => {
  const change = fc.tuple(pair, fc.constantFrom('INSERT', 'MODIFY', 'REMOVE'), fc.constantFrom(...PATCH_FORMATS, 'none' as const));
  fc.assert(
    fc.property(change, ([[before, after], eventName, patchFormat]) => {
      const event = changed(eventName, before, after, { patchFormat });
      if (event === undefined) {
        return;
      }
      const body = JSON.parse(String(event.json)) as Record<string, unknown>;
      expect(Object.keys(body)).toEqual(['metadata', 'data_type', 'data_op', 'data']);
      expect(body).toMatchObject({
        metadata: { eid: event.eid, occurred_at: new Date(CREATED_AT).toISOString() },
        data_type: 'order',
        data_op: { INSERT: 'C', MODIFY: 'U', REMOVE: 'D' }[eventName],
      });
      expect(Object.hasOwn(body.data as object, PATCH)).toBe(eventName === 'MODIFY' && patchFormat !== 'none');
      expect(event.json.bytes).toBe(Buffer.byteLength(String(event.json)));
      const again = changed(eventName, before, after, { patchFormat });
      expect([again, String(again?.json)]).toEqual([event, String(event.json)]);
    }),
    { numRuns: 300 },
  );
});

test('an event is never larger than the limit: the patch goes before the item does', () => {
  fc.assert(
    fc.property(pair, fc.integer({ min: 150, max: 900 }), ([before, after], maxEventBytes) => {
      const record = streamRecord({ eventName: 'MODIFY', oldImage: before, newImage: after });
      const size = (shape: ShapeOptions): number => {
        const assembly = assembleEvents(record, shapeOf({ patchAttribute: PATCH, ...shape }));
        return assembly.type === 'events' ? assembly.events[0].json.bytes : 0;
      };
      const [whole, bare] = [size({}), size({ patchFormat: 'none' })];
      const assembly = assembleEvents(record, shapeOf({ patchAttribute: PATCH, maxEventBytes }));
      if (whole === 0) {
        expect(assembly).toEqual({ type: 'nothing' });
      } else if (bare > maxEventBytes) {
        expect(assembly).toEqual({ type: 'invalid', detail: expect.stringContaining(`the event has ${bare} bytes, more than the ${maxEventBytes} that Nakadi takes; its largest attribute is /`) as string });
      } else {
        const patchLeftOut = whole > maxEventBytes;
        expect(assembly).toMatchObject({ type: 'events', events: [{ patchLeftOut, json: { bytes: patchLeftOut ? bare : whole } }] });
      }
    }),
    { numRuns: 300 },
  );
});

test('whatever a record holds, no exception comes out', () => {
  const anything = fc.anything({ maxDepth: 3, withNullPrototype: true });
  const route: ShapeOptions = { cleanupPolicy: 'compact', tombstones: true, occurredAtAttribute: 'id', exclude: [{ path: ['a', 'b'] }] };
  const condition = fc.constantFrom(undefined, { type: 'attribute-equals' as const, attribute: 'id', value: 'x' }, { type: 'key-starts-with' as const, attribute: 'id', value: 'x' });
  const image = fc.oneof(anything, fc.dictionary(fc.constantFrom('id', 'a'), fc.oneof(anything, fc.dictionary(fc.constantFrom('S', 'N', 'L', 'M', 'SS', 'NS'), anything, { maxKeys: 1 }))));
  fc.assert(
    fc.property(image, image, image, fc.constantFrom('INSERT', 'MODIFY', 'REMOVE', 'OTHER'), condition, (id, newImage, oldImage, eventName, when) => {
      const record = keyedRecord({ id } as AttributeMap, { eventName, newImage: newImage as AttributeMap, oldImage: oldImage as AttributeMap });
      for (const shape of [shapeOf({ condition: when }), shapeOf({ ...route, condition: when })]) {
        expect(['events', 'nothing', 'invalid']).toContain(assembleEvents(record, shape).type);
      }
    }),
    { numRuns: 2_000 },
  );
});
