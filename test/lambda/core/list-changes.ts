/** Ways to change a list, for tests; the same on each run. */

export function numbers(count: number, first = 0): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** The same numbers from 0 on each time, in no order and of so many kinds. */
export function scattered(count: number, kinds: number): number[] {
  let state = 1;
  return Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * kinds);
  });
}

export function shuffled<T>(list: readonly T[]): T[] {
  const places = scattered(list.length, 2 ** 30);
  return list.map((element, index) => ({ element, place: places[index] })).sort((a, b) => a.place - b.place).map(({ element }) => element);
}

/** So many edits, evenly spread: by turns an element is replaced, one is inserted before it, and it is removed. */
export function edited<T>(list: readonly T[], edits: number, other: (element: T, edit: number) => T): T[] {
  const places = new Map(Array.from({ length: edits }, (_, edit) => [Math.floor(((edit + 0.5) * list.length) / edits), edit]));
  return list.flatMap((element, index) => {
    const edit = places.get(index);
    if (edit === undefined) {
      return [element];
    }
    return [[other(element, edit)], [other(element, edit), element], []][edit % 3];
  });
}

export function moved<T>(list: readonly T[], from: number, length: number, to: number): T[] {
  return list.toSpliced(from, length).toSpliced(to, 0, ...list.slice(from, from + length));
}
