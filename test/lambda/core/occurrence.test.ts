import { itemDigest, Occurrence } from '../../../lambda/core/occurrence.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, sequenceNumber, STREAM } from '../factories.ts';

const PAIR: AttributeMap = { pk: { S: 'a' }, sk: { N: '1' } };

const occurrence = (keys: AttributeMap, number = sequenceNumber(1), streamArn = STREAM): Occurrence => new Occurrence(streamArn, keys, number, CREATED_AT);

test('its place is the padded sequence number', () => {
  expect(occurrence(PAIR, '2900002759746085000042').sequence).toBe('0000000000000000002900002759746085000042');
});

test('places compare as the numbers do, whatever their length', () => {
  const sequence = (number: string): string => occurrence(PAIR, number).sequence;
  expect(sequence('99') < sequence('100')).toBe(true);
  expect(sequence('9'.repeat(39)) < sequence(`1${'0'.repeat(39)}`)).toBe(true);
});

describe.each<[string, (given: Occurrence) => string]>([
  ['name', ({ itemName }) => itemName],
  ['digest', ({ item }) => item],
])('the %s of an item', (_, of) => {
  test('is the same in whatever order the key attributes stand, and for each of its changes', () => {
    expect(of(occurrence({ sk: { N: '1' }, pk: { S: 'a' } }, sequenceNumber(2)))).toBe(of(occurrence(PAIR)));
  });

  test.each<[string, AttributeMap]>([
    ['another value', { pk: { S: 'b' }, sk: { N: '1' } }],
    ['another type', { pk: { S: 'a' }, sk: { S: '1' } }],
    ['values that give the same text when put together', { pk: { S: 'a1' }, sk: { S: '' } }],
    ['another name', { pk: { S: 'a' }, sort: { N: '1' } }],
  ])('differs for %s', (_what, keys) => {
    expect(of(occurrence(keys))).not.toBe(of(occurrence(PAIR)));
  });

  test('differs for another stream', () => {
    expect(of(occurrence(PAIR, sequenceNumber(1), `${STREAM}1`))).not.toBe(of(occurrence(PAIR)));
  });

  test('differs for each change of what has no key: each is an item of its own', () => {
    const items = [1, 1, 2].map((sequence) => of(occurrence({}, sequenceNumber(sequence))));
    expect([items[0] === items[1], items[0] === items[2], items.includes(of(occurrence(PAIR)))]).toEqual([true, false, false]);
  });
});

test('the digest is the one that stream and key alone have', () => {
  expect(occurrence(PAIR).item).toBe(itemDigest(STREAM, PAIR));
  expect(occurrence(PAIR).item).toMatch(/^[\w-]{43}$/);
});
