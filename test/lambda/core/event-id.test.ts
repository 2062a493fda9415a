import { hash } from 'node:crypto';
import fc from 'fast-check';
import { eventId } from '../../../lambda/core/event-id.ts';
import { padSequence } from '../../../lambda/core/occurrence.ts';

const UUID_V8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const sequence = (digits: number): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: 10n ** BigInt(digits) - 1n });

test('is a UUID of version 8, whatever the sequence number', () => {
  fc.assert(fc.property(fc.string(), sequence(40), fc.string(), (item, number, variant) => expect(eventId(item, String(number), variant)).toMatch(UUID_V8)));
});

test('is the same for the same change for ever', () => {
  // Written down once: an `eid` that changes with a release makes consumers take a repeated event for a new one.
  expect(eventId('item', '2900002759746085485437')).toBe('489d359f-791d-8ade-a1ed-f41d609d66b8');
  expect(eventId('item', '2900002759746085485437', 'S digest')).toBe('489d359f-791d-8ade-a1ed-f7e949188d32');
});

/** The definition, in the words of RFC 9562 and of whole numbers. */
function defined(item: string, number: bigint, variant: string): string {
  const length = BigInt(number.toString(2).length);
  const fits = length < 114n;
  const shown = fits ? number : ((number >> (length - 22n)) << 68n) | (number & ((1n << 68n) - 1n));
  const left = 114n - (fits ? length : 90n);
  const mark = variant === '' ? 0n : 1n << 127n;
  const digest = mark | (BigInt(`0x${hash('sha256', `${item} ${number} ${variant}`, 'hex').slice(0, 32)}`) >> 1n);
  const bits = (length << 114n) | (shown << left) | (digest >> (128n - left));
  const text = (((bits >> 74n) << 80n) | (8n << 76n) | (((bits >> 62n) & 0xfffn) << 64n) | (2n << 62n) | (bits & ((1n << 62n) - 1n))).toString(16).padStart(32, '0');
  return text.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

test('is length, number and digest, most significant first', () => {
  const digits = fc.integer({ min: 1, max: 40 }).chain(sequence);
  fc.assert(
    fc.property(fc.string(), digits, fc.oneof(fc.constant(''), fc.string()), (item, number, variant) => {
      expect(eventId(item, String(number), variant)).toBe(defined(item, number, variant));
    }),
    { numRuns: 2_000 },
  );
});

test('is the same for a padded sequence number', () => {
  fc.assert(fc.property(sequence(40), (number) => expect(eventId('item', padSequence(String(number)))).toBe(eventId('item', String(number)))));
});

test('sorts as sequence numbers do, up to 34 digits, whichever items', () => {
  fc.assert(
    fc.property(sequence(34), sequence(34), fc.string(), fc.string(), (a, b, itemA, itemB) => {
      fc.pre(a !== b);
      expect(eventId(itemA, String(a)) < eventId(itemB, String(b))).toBe(a < b);
    }),
  );
});

test('sorts neighbours', () => {
  fc.assert(fc.property(sequence(34), (number) => expect(eventId('item', String(number)) < eventId('item', String(number + 1n))).toBe(true)));
});

describe('of more than 34 digits', () => {
  const long = fc.bigInt({ min: 10n ** 34n, max: 10n ** 40n - 1n });

  test('is the same for the same change for ever, as that of 34 is', () => {
    expect(eventId('item', '9'.repeat(34))).toBe('71f684df-56c3-8e01-af1b-1cc7fffffffe');
    expect(eventId('item', '9'.repeat(40))).toBe('85eb194e-ee7d-8583-bfff-ffffff26204f');
    expect(eventId('item', '9'.repeat(40), 'S digest')).toBe('85eb194e-ee7d-8583-bfff-ffffffa027a0');
  });

  test('sorts neighbours, as far as their last 68 bits tell them apart', () => {
    fc.assert(
      fc.property(long, fc.bigInt({ min: 1n, max: 10n ** 20n }), (number, distance) => {
        const later = number + distance;
        fc.pre(number >> 68n === later >> 68n);
        expect(eventId('item', String(number)) < eventId('item', String(later))).toBe(true);
      }),
    );
  });

  test('sorts what differs in length or in the first bits', () => {
    fc.assert(
      fc.property(long, long, (a, b) => {
        fc.pre(b > a + a / 1_000_000n);
        expect(eventId('item', String(a)) < eventId('item', String(b))).toBe(true);
      }),
    );
  });

  test('sorts after every shorter one', () => {
    fc.assert(fc.property(sequence(34), long, (short, number) => expect(eventId('item', String(short)) < eventId('item', String(number))).toBe(true)));
  });

  test('differs from change to change, from item to item, and from snapshot to snapshot', () => {
    const start = 10n ** 39n;
    const steps = Array.from({ length: 1_000 }, (_, step) => BigInt(step));
    const ids = [
      ...steps.map((step) => eventId('item', String(start + step))),
      ...steps.map((step) => eventId('item', String(start + ((step + 1n) << 68n)))),
      ...steps.map((step) => eventId(`item ${step}`, String(start))),
      ...steps.map((step) => eventId('item', String(start), `S ${step}`)),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('of a snapshot sorts after its change and before the next one', () => {
  fc.assert(
    fc.property(fc.oneof(sequence(33), sequence(40)), fc.string({ minLength: 1 }), (number, variant) => {
      const snapshot = eventId('item', String(number), variant);
      expect(eventId('item', String(number)) < snapshot).toBe(true);
      expect(snapshot < eventId('item', String(number + 1n))).toBe(true);
    }),
  );
});

test('of snapshots differs by what they hold', () => {
  expect(eventId('item', '2900002759746085485437', 'S a')).not.toBe(eventId('item', '2900002759746085485437', 'S b'));
});

test('differs by item for the same sequence number', () => {
  const ids = new Set(Array.from({ length: 1_000 }, (_, item) => eventId(`item ${item}`, '290000275974608548543')));
  expect(ids.size).toBe(1_000);
});
