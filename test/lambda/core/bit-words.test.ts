import fc from 'fast-check';
import { bitLength, BitWords, setBytes, setDecimal } from '../../../lambda/core/bit-words.ts';

/** The words as text of zeros and ones. */
const bitsOf = (words: Uint32Array): string => [...words].map((word) => word.toString(2).padStart(32, '0')).join('');

const number = fc.bigInt({ min: 0n, max: 10n ** 40n - 1n });

test('a decimal number gives the bits that it has, whatever the words held before', () => {
  const words = new Uint32Array(5);
  fc.assert(
    fc.property(number, (value) => {
      setDecimal(words, String(value));
      expect(bitsOf(words)).toBe(value.toString(2).padStart(160, '0'));
      expect(bitLength(words)).toBe(value.toString(2).length);
    }),
  );
});

test.each([0n, 1n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 64n - 1n, 2n ** 96n, 10n ** 40n - 1n])('%s gives the bits that it has', (value) => {
  const words = new Uint32Array(5);
  setDecimal(words, String(value));
  expect(bitsOf(words)).toBe(value.toString(2).padStart(160, '0'));
  expect(bitLength(words)).toBe(value.toString(2).length);
});

test('bytes give their bits', () => {
  const words = new Uint32Array(2);
  setBytes(words, Buffer.from('00ff8001fe7f0180', 'hex').toString('latin1'));
  expect([...words]).toEqual([0x00ff8001, 0xfe7f0180]);
});

test('what is appended and copied stands one behind the other', () => {
  const source = new Uint32Array([0xdeadbeef, 0x01234567, 0x89abcdef]);
  const append = fc.integer({ min: 1, max: 32 }).chain((count) => fc.nat(2 ** (count - 1) - 1).map((value) => ({ value: value * 2 + 1, count })));
  const copy = fc.tuple(fc.nat(96), fc.nat(96)).map(([a, b]) => ({ from: Math.min(a, b), to: Math.max(a, b) }));
  const bits = new BitWords(40);
  fc.assert(
    fc.property(fc.array(fc.oneof(append, copy), { maxLength: 10 }), (steps) => {
      bits.clear();
      let expected = '';
      for (const step of steps) {
        if ('value' in step) {
          bits.append(step.value, step.count);
          expected += step.value.toString(2).padStart(step.count, '0');
        } else {
          bits.copy(source, step.from, step.to);
          expected += bitsOf(source).slice(step.from, step.to);
        }
      }
      expect(bits.length).toBe(expected.length);
      expect(bitsOf(bits.words)).toBe(expected.padEnd(bits.words.length * 32, '0'));
    }),
  );
});
