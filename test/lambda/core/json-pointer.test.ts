import fc from 'fast-check';
import { Pointer } from 'rfc6902/pointer.js';
import { pointer } from '../../../lambda/core/json-pointer.ts';

test.each<[string, (string | number)[], string]>([
  ['the whole item', [], ''],
  ['an element of a list in a map', ['lines', 0, 'price'], '/lines/0/price'],
  ['a name that is empty', ['a', ''], '/a/'],
  ['names with slashes and tildes', ['a/b', 'm~n', '~1', '~/'], '/a~1b/m~0n/~01/~0~1'],
])('the pointer of %s', (_, path, text) => {
  expect(pointer(path)).toBe(text);
});

test('a pointer leads back to the names that it was made of', () => {
  const name = fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('~', '/', '0', '1') }));
  fc.assert(fc.property(fc.array(name), (path) => expect(Pointer.fromJSON(pointer(path)).tokens).toEqual(['', ...path])));
});
