import { RequestSize } from '../../../lambda/core/request-size.ts';

/** Sizes that requests have which are as large as they may be, of those that Nakadi takes no more than `most` of. */
function sizes(wanted: number, most: number, requests: number): number[] {
  const size = new RequestSize();
  return Array.from({ length: requests }, () => {
    const events = Math.min(wanted, size.events);
    if (events > most) {
      size.failed(events);
    } else {
      size.taken(events);
    }
    return events;
  });
}

test('there is no limit at first', () => {
  expect(new RequestSize().events).toBe(Infinity);
});

test('each request that is not taken halves it, down to one', () => {
  expect(sizes(1_000, 0, 12)).toEqual([1_000, 500, 250, 125, 62, 31, 15, 7, 3, 1, 1, 1]);
});

test('each request that is taken lets it grow by a quarter, beyond the one that failed too: what was wrong may be mended', () => {
  expect(sizes(100, 10, 14)).toEqual([100, 50, 25, 12, 6, 8, 10, 13, 6, 8, 10, 13, 6, 8]);
});

test('from one it grows to a thousand within thirty requests', () => {
  const size = new RequestSize();
  size.failed(2);
  let requests = 0;
  for (; size.events < 1_000; requests++) {
    size.taken(size.events);
  }
  expect(requests).toBeLessThan(30);
});

test('a smaller request that is taken says nothing of larger ones', () => {
  const size = new RequestSize();
  size.failed(100);
  size.taken(49);
  expect(size.events).toBe(50);
});
