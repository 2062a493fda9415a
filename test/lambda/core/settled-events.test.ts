import { SettledEvents } from '../../../lambda/core/settled-events.ts';
import { changeEvent } from '../factories.ts';

const [a1, b1, a2, a3] = [changeEvent('a', 1), changeEvent('b', 2), changeEvent('a', 3), changeEvent('a', 4)];

test('what is accepted or refused is settled, and counts', () => {
  const settled = new SettledEvents();
  settled.accepted.add(b1);
  settled.refuse(a2, 'why');
  expect([a1, b1, a2].map((event) => settled.has(event))).toEqual([false, true, true]);
  expect([settled.count, [...settled.refused], settled.behind.size]).toEqual([2, [[a2, 'why']], 0]);
});

test('what comes behind a refused event of its item is settled, and remembered', () => {
  const settled = new SettledEvents();
  settled.refuse(a2, 'why');
  expect([a1, b1, a3].map((event) => settled.has(event))).toEqual([false, false, true]);
  expect([...settled.behind]).toEqual([a3]);
});

test('the first of several refused events of an item counts, in whatever order they are found', () => {
  const settled = new SettledEvents();
  settled.refuse(a3, 'why');
  settled.refuse(a1, 'why');
  expect(settled.has(a2)).toBe(true);
  expect([...settled.behind]).toEqual([a2]);
});
