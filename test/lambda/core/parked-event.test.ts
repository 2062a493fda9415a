import { randomBytes } from 'node:crypto';
import { hasLate, isOpen, isUnpublished, packRecord, unpackRecord, type Head, type ParkedRecord } from '../../../lambda/core/parked-event.ts';
import { paddedSequence, rawRecord, STREAM, streamRecord } from '../factories.ts';

const head = (through: number, upTo: number, lateMarks = 0, lateSettled = 0): Head => ({
  item: 'item',
  streamArn: STREAM,
  keys: {},
  through: paddedSequence(through),
  upTo: paddedSequence(upTo),
  lateMarks,
  lateSettled,
  attempts: 0,
});

const parked = (sequence: number, late = false): ParkedRecord => ({
  sequence: paddedSequence(sequence),
  reason: 'rejected',
  late,
  parts: 1,
  unpack: () => streamRecord({ sequence }),
});

test.each<[string, Head, boolean]>([
  ['nothing was parked beyond what is published: closed', head(3, 3), false],
  ['something is parked beyond it: open', head(3, 4), true],
  ['late records are not settled: open', head(3, 3, 2, 1), true],
  ['late records are settled: closed', head(3, 3, 2, 2), false],
])('%s', (_, given, open) => {
  expect(isOpen(given)).toBe(open);
});

test('an item holds late records until all marks are settled', () => {
  expect(hasLate(head(3, 4, 1, 0))).toBe(true);
  expect(hasLate(head(3, 4, 1, 1))).toBe(false);
});

test.each<[string, ParkedRecord, boolean]>([
  ['at through: published, left behind by a crash', parked(3), false],
  ['behind through', parked(4), true],
  ['at upTo', parked(6), true],
  ['beyond upTo: parked after the head was read', parked(7), false],
  ['late, before through', parked(1, true), true],
  ['late, beyond upTo', parked(9, true), true],
])('whether a record is due: %s', (_, record, due) => {
  expect(isUnpublished(record, head(3, 6))).toBe(due);
});

test('a record comes out of its rows as it went in', () => {
  const raw = { ...rawRecord({ eventName: 'MODIFY' }), userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } };
  expect(packRecord(raw)).toHaveLength(1);
  expect(unpackRecord(packRecord(raw))).toEqual(raw);
});

test('the largest record that cannot be compressed fits into rows of DynamoDB, and into one transaction', () => {
  const bytes = (): string => randomBytes(399_000).toString('base64');
  const raw = rawRecord({ eventName: 'MODIFY', oldImage: { B: { B: bytes() } }, newImage: { B: { B: bytes() } } });
  const parts = packRecord(raw);
  expect(parts.length).toBe(3);
  expect(parts.every((part) => part.length <= 390_000)).toBe(true);
  expect(unpackRecord(parts.map((part) => new Uint8Array(part)))).toEqual(raw);
});
