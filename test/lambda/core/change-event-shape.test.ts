import { assembleEvents, type Assembly } from '../../../lambda/core/change-event.ts';
import { assembleSnapshot } from '../../../lambda/core/snapshot-event.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, paddedSequence, shapeOf, STREAM, streamRecord, type RecordOptions, type ShapeOptions } from '../factories.ts';

const item = (more: AttributeMap = {}): AttributeMap => ({ id: { S: 'o-1' }, ...more });
const assembled = (options: RecordOptions, shape: ShapeOptions = {}): Assembly =>
  assembleEvents(streamRecord({ newImage: item(), oldImage: item({ was: { BOOL: true } }), ...options }), shapeOf(shape));

function data(assembly: Assembly): unknown {
  if (assembly.type !== 'events') {
    throw new Error(JSON.stringify(assembly));
  }
  return (JSON.parse(String(assembly.events[0].json)) as { data: unknown }).data;
}

describe('a change publishes nothing when', () => {
  const card = (number: string): AttributeMap => item({ card: { M: { number: { S: number }, holder: { S: 'Ada' } } }, n: { N: '1' } });

  test.each<[string, ShapeOptions]>([
    ['it touches only an excluded attribute', { exclude: [{ path: ['card'] }] }],
    ['it touches only an excluded part of one', { exclude: [{ path: ['card', 'number'] }] }],
    ['it touches only what a prefix excludes', { exclude: [{ path: ['ca'], prefix: true }] }],
    ['it touches only what is not included', { include: [{ path: ['n'] }] }],
    ['it touches only an excluded attribute, without patches too', { exclude: [{ path: ['card'] }], patchFormat: 'none' }],
    ['it touches only an excluded attribute, with a sequence number too', { exclude: [{ path: ['card'] }], sequenceAttribute: 'sequence' }],
  ])('%s', (_, shape) => {
    expect(assembled({ eventName: 'MODIFY', oldImage: card('4111'), newImage: card('4242') }, shape)).toEqual({ type: 'nothing' });
    expect(assembled({ eventName: 'MODIFY', oldImage: card('4111'), newImage: { ...card('4242'), n: { N: '2' } } }, shape).type).toBe('events');
  });

  test('it is an insertion or a deletion: these are always published', () => {
    const exclude = [{ path: ['was'] }];
    expect([assembled({}, { exclude }).type, assembled({ eventName: 'REMOVE' }, { exclude }).type]).toEqual(['events', 'events']);
  });
});

describe('the sequence number', () => {
  test.each(['INSERT', 'MODIFY', 'REMOVE'])('is in the data of a record of %s, where the team wants it, in 40 digits', (eventName) => {
    expect(data(assembled({ eventName, sequence: 7 }, { sequenceAttribute: 'sequence' }))).toMatchObject({ id: 'o-1', sequence: paddedSequence(7) });
    expect(paddedSequence(7)).toMatch(/^\d{40}$/);
    expect(data(assembled({ eventName, sequence: 7 }))).not.toHaveProperty('sequence');
  });

  test('is not in the patch', () => {
    expect(data(assembled({ eventName: 'MODIFY' }, { sequenceAttribute: 'sequence' }))).toMatchObject({ patch: [{ op: 'remove', path: '/was' }] });
  });

  test('stays where the patch is left out because of its size', () => {
    const shape = { sequenceAttribute: 'sequence', maxEventBytes: 230 };
    expect(data(assembled({ eventName: 'MODIFY' }, shape))).toEqual({ id: 'o-1', sequence: paddedSequence(1) });
  });
});

describe('no event is made when an attribute of the item stands', () => {
  const detail = (name: string): string =>
    `the item has an attribute "${name}", where the patch or the sequence number would stand: give those another name`;

  test.each<[string, string, RecordOptions, ShapeOptions]>([
    ['where the sequence number would stand', 'sequence', {}, { sequenceAttribute: 'sequence' }],
    ['where the sequence number would stand, without patches too', 'sequence', {}, { sequenceAttribute: 'sequence', patchFormat: 'none' }],
    ['where the patch would stand, under another name', 'changes', {}, { patchAttribute: 'changes' }],
    ['where the patch would stand, called like a member of every object', 'constructor', {}, { patchAttribute: 'constructor' }],
  ])('%s', (_, name, options, shape) => {
    expect(assembled({ newImage: item({ [name]: { S: 'mine' } }), ...options }, shape)).toEqual({ type: 'invalid', detail: detail(name) });
    expect(assembled({ newImage: item({ [name]: { S: 'mine' } }), ...options }, { ...shape, exclude: [{ path: [name] }] }).type).toBe('events');
    expect(assembled(options, shape).type).toBe('events');
  });
});

describe('a tombstone', () => {
  const compacted: ShapeOptions = { cleanupPolicy: 'compact', tombstones: true };

  test('follows the event of a deletion: the same text, behind it in the order of the item', () => {
    const assembly = assembled({ eventName: 'REMOVE', sequence: 7 }, compacted);
    const [event, tombstone] = assembly.type === 'events' ? assembly.events : [];
    expect([event.tombstone, event.sequence]).toEqual([false, paddedSequence(7)]);
    expect(JSON.parse(String(event.json))).toMatchObject({ data_op: 'D', metadata: { partition_compaction_key: 'o-1' } });
    expect(String(tombstone.json)).toBe(String(event.json));
    expect([{ ...tombstone }, tombstone.sequence]).toEqual([{ ...event, tombstone: true }, `${paddedSequence(7)}~`]);
  });

  test('follows no other event, and none where the team wants none', () => {
    expect(assembled({}, compacted)).toMatchObject({ events: { length: 1 } });
    expect(assembled({ eventName: 'MODIFY' }, compacted)).toMatchObject({ events: { length: 1 } });
    expect(assembled({ eventName: 'REMOVE' }, { cleanupPolicy: 'compact' })).toMatchObject({ events: { length: 1 } });
    expect(assembled({ eventName: 'REMOVE' }, { cleanupPolicy: 'compact', tombstones: false })).toMatchObject({ events: { length: 1 } });
  });

  test('follows a snapshot of an item that is gone, and of no other', () => {
    const subject = { streamArn: STREAM, keys: item(), sequence: paddedSequence(5), lateMarks: 1, last: { dynamodb: { NewImage: item() } } };
    const gone = assembleSnapshot(subject, undefined, CREATED_AT, shapeOf(compacted));
    expect(gone).toMatchObject({ events: [{ tombstone: false }, { tombstone: true, sequence: `${paddedSequence(5)}~` }] });
    expect(assembleSnapshot(subject, item(), CREATED_AT, shapeOf(compacted))).toMatchObject({ events: { length: 1 } });
  });

  test('is not there without the event: a deletion that is too large gives neither', () => {
    expect(assembled({ eventName: 'REMOVE' }, { ...compacted, maxEventBytes: 50 }).type).toBe('invalid');
  });
});
