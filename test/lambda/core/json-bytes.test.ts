import fc from 'fast-check';
import { JsonBytes } from '../../../lambda/core/json-bytes.ts';

const unit = fc.oneof(fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), fc.constantFrom('a', 'ß', '€', '\ud83d', '\ude00', '\u0000', '\u007f', '\u0080', '\u07ff', '\u0800', '"', '\\'));

test('a text becomes the bytes that JSON.stringify and UTF-8 make of it, one after the other in one buffer', () => {
  const out = new JsonBytes();
  fc.assert(
    fc.property(fc.array(fc.string({ unit, maxLength: 8 }), { maxLength: 8 }), (texts) => {
      out.cut(0);
      for (const text of texts) {
        out.comma(0);
        out.string(text);
      }
      const expected = JSON.stringify(texts).slice(1, -1);
      expect(out.text()).toBe(expected);
      expect(out.length).toBe(Buffer.byteLength(expected));
    }),
    { numRuns: 2_000 },
  );
});

test.each(['a', 'ß', '€', '😀', '\ud800', '\u0000'])('takes any length of %j', (character) => {
  const out = new JsonBytes();
  const text = character.repeat(150_000);
  out.ascii('[');
  out.string(text);
  out.json(JSON.stringify([text]));
  out.ascii(']');
  expect(out.text() === `[${JSON.stringify(text)}${JSON.stringify([text])}]`).toBe(true);
});

const TEXTS = ['a', '"', 'é"', '€€€"', '\ud800', '€', '\u0000'];

test.each<[string, (out: JsonBytes, text: string) => void, (text: string) => string]>([
  ['name', (out, text) => { out.name(text, 0); }, (text) => `,${JSON.stringify(text)}:`],
  ['string', (out, text) => { out.string(text); }, (text) => JSON.stringify(text)],
  ['JSON', (out, text) => { out.json(JSON.stringify(text)); }, (text) => JSON.stringify(text)],
  ['ASCII text', (out) => { out.ascii('true'); }, () => 'true'],
  ['comma', (out) => { out.comma(0); }, () => ','],
])('a %s is whole wherever the buffer ends', (_, write, expected) => {
  const wrong: unknown[] = [];
  for (const text of TEXTS) {
    for (let left = 0; left <= 60; left++) {
      const out = new JsonBytes();
      out.ascii('x'.repeat(1024 * 1024 - left - 1));
      out.take(); // what is taken stays where it is
      out.ascii('1');
      write(out, text);
      if (out.text() !== `1${expected(text)}`) {
        wrong.push([text, left]);
      }
    }
  }
  expect(wrong).toEqual([]);
});

test('forgets what is cut, and gives the text from a byte on', () => {
  const out = new JsonBytes();
  out.string('ß');
  const end = out.length;
  out.ascii('rest');
  expect(out.text(end)).toBe('rest');
  out.cut(end);
  expect(out.text()).toBe('"ß"');
});

test('a text that is taken stays as it is, whatever is written, given up and taken after it', () => {
  const texts = fc.array(fc.record({ text: fc.string({ unit, maxLength: 8 }), times: fc.constantFrom(1, 1, 1, 1, 60_000), isTaken: fc.boolean() }), { minLength: 2, maxLength: 12 });
  const out = new JsonBytes();
  fc.assert(
    fc.property(texts, (given) => {
      const wanted: string[] = [];
      const taken = given.flatMap(({ text, times, isTaken }) => {
        out.cut(0);
        out.string(text.repeat(times));
        if (!isTaken) {
          return [];
        }
        wanted.push(JSON.stringify(text.repeat(times)));
        return out.take();
      });
      expect(taken.map(String).every((text, index) => text === wanted[index])).toBe(true);
      expect(taken.map(({ bytes }) => bytes)).toEqual(wanted.map((text) => Buffer.byteLength(text)));
    }),
    { numRuns: 300 },
  );
});

describe('used again', () => {
  const write = (out: JsonBytes, texts: readonly string[]): string[] =>
    texts
      .map((text) => {
        out.cut(0);
        out.string(text);
        return out.take();
      })
      .map(String);
  const large = Array.from({ length: 30 }, (_, index) => String(index).padEnd(100_000, 'x'));

  test('it gives the texts that are written then', () => {
    const out = new JsonBytes();
    for (const texts of [large, ['a', 'ß'], [...large, ...large], ['"'], large]) {
      expect(write(out, texts)).toEqual(texts.map((text) => JSON.stringify(text)));
      out.reuse();
    }
  });

  const allocations = (work: () => void): number[] => {
    const spy = jest.spyOn(Buffer, 'allocUnsafeSlow');
    work();
    const sizes = spy.mock.calls.map(([bytes]) => bytes);
    spy.mockRestore();
    return sizes;
  };

  test('as much as the last time takes no more memory', () => {
    const out = new JsonBytes();
    write(out, large);
    out.reuse();
    expect(allocations(() => write(out, large))).toEqual([]);
  });

  test('no more than 4 MiB are kept', () => {
    const out = new JsonBytes();
    const tooMuch = [...large, ...large];
    write(out, tooMuch);
    expect(allocations(() => { out.reuse(); })).toEqual([4 * 1024 * 1024]);
    write(out, ['x'.repeat(6_000_000)]);
    expect(allocations(() => { out.reuse(); })).toEqual([4 * 1024 * 1024]);
  });
});
