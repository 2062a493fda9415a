/** One step from an old list to a new one: keep an element, remove the old one, or add a new one. */
export type ListStep = 'keep' | 'remove' | 'add';

/** Beyond this many removals and additions the lists count as different throughout: what remains is compared place by place. */
const MAX_EDITS = 128;

/**
 * The steps from one list to another, in order, in time proportional to the length of the lists times the number of edits (Myers' greedy
 * algorithm), with a bound on the edits.
 *
 * Elements are compared as text, so callers pass a canonical text of each.
 *
 * @see https://doi.org/10.1007/BF01840446
 */
export function listSteps(before: readonly string[], after: readonly string[]): ListStep[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) {
    start++;
  }
  let end = 0;
  while (end < before.length - start && end < after.length - start && before[before.length - 1 - end] === after[after.length - 1 - end]) {
    end++;
  }
  const middle = middleSteps(before.slice(start, before.length - end), after.slice(start, after.length - end));
  return [...repeat('keep', start), ...middle, ...repeat('keep', end)];
}

function middleSteps(before: string[], after: string[]): ListStep[] {
  if (before.length === 0 || after.length === 0) {
    return [...repeat('remove', before.length), ...repeat('add', after.length)];
  }
  return shortestSteps(before, after) ?? [...repeat('remove', before.length), ...repeat('add', after.length)];
}

/** Myers' algorithm: for each number of edits, how far along each diagonal the lists can be followed. */
function shortestSteps(before: string[], after: string[]): ListStep[] | undefined {
  const bound = Math.min(MAX_EDITS, before.length + after.length);
  const reach = new Int32Array(2 * bound + 2);
  const history: Int32Array[] = [];
  for (let edits = 0; edits <= bound; edits++) {
    history.push(reach.slice());
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      const down = diagonal === -edits || (diagonal !== edits && reach[bound + diagonal - 1] < reach[bound + diagonal + 1]);
      let x = down ? reach[bound + diagonal + 1] : reach[bound + diagonal - 1] + 1;
      while (x < before.length && x - diagonal < after.length && before[x] === after[x - diagonal]) {
        x++;
      }
      reach[bound + diagonal] = x;
      if (x >= before.length && x - diagonal >= after.length) {
        return walkBack(history, bound, before.length, after.length);
      }
    }
  }
  return undefined;
}

function walkBack(history: Int32Array[], bound: number, fromX: number, fromY: number): ListStep[] {
  const steps: ListStep[] = [];
  let x = fromX;
  let y = fromY;
  for (let edits = history.length - 1; edits >= 0; edits--) {
    const reach = history[edits];
    const diagonal = x - y;
    const down = diagonal === -edits || (diagonal !== edits && reach[bound + diagonal - 1] < reach[bound + diagonal + 1]);
    const previousX = edits === 0 ? 0 : reach[bound + diagonal + (down ? 1 : -1)];
    const previousY = edits === 0 ? 0 : previousX - (diagonal + (down ? 1 : -1));
    while (x > previousX && y > previousY) {
      steps.push('keep');
      x--;
      y--;
    }
    if (edits > 0) {
      steps.push(down ? 'add' : 'remove');
      x = previousX;
      y = previousY;
    }
  }
  return steps.reverse();
}

function repeat(step: ListStep, times: number): ListStep[] {
  return new Array<ListStep>(times).fill(step);
}
