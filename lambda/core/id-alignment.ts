/** Beyond this many edits in a row no shortest way is looked for. */
const WINDOW = 64;

/** Of the best way within the window this many edits are taken; what comes later was found without a view of what follows. */
const TAKEN = WINDOW / 2;

/** How many elements in a row are looked for that stand once in both lists; the longer, the surer that they belong together. */
const RUNS = [32, 8, 1] as const;

/** How many edits a cut may force for each element that it keeps: a few elements that moved far keep others from being found. */
const MAX_SHIFT = 4;

const FACTOR = 0x9e3779b1;
const WIDTH = 2 * WINDOW + 1;
const NOWHERE = -1;
const UNSEEN = -1;
const TWICE = -2;

/**
 * Finds which elements two lists share in the same order. Elements are given as numbers; equal numbers are equal elements.
 *
 * Few edits are found exactly (Myers' greedy algorithm). With more, the lists are cut where runs of elements stand that both lists hold
 * exactly once (patience diff), and the pieces are aligned alone. Where nothing stands once, the way that comes furthest within a window of
 * edits is taken, again and again. The work is bounded by the length of the lists times the window, and nothing here calls itself deeper
 * than there are kinds of runs.
 *
 * @see https://doi.org/10.1007/BF01840446
 * @param ids all numbers are smaller than this
 * @returns for each element of `before` the index of its partner in `after`, or -1
 */
export function alignIds(before: Int32Array, after: Int32Array, ids: number): Int32Array {
  const alignment = new Alignment(before, after, ids);
  alignment.align(0, before.length, 0, after.length, 0);
  return alignment.partners;
}

class Alignment {
  readonly partners: Int32Array;
  readonly #before: Int32Array;
  readonly #after: Int32Array;
  /** For each number of edits, how far along each diagonal the lists can be followed: the index in `before`, from the piece's start. */
  readonly #reach: Int32Array;
  /** Where a run stands, by its slot. */
  readonly #onceX: Int32Array;
  readonly #onceY: Int32Array;

  constructor(before: Int32Array, after: Int32Array, ids: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(ids, 2 * (before.length + after.length), 1)));
    this.#onceX = new Int32Array(slots).fill(UNSEEN);
    this.#onceY = new Int32Array(slots).fill(UNSEEN);
    this.#reach = new Int32Array((Math.min(WINDOW, before.length + after.length) + 1) * WIDTH);
    this.#before = before;
    this.#after = after;
    this.partners = new Int32Array(before.length).fill(NOWHERE);
  }

  align(startX: number, endX: number, startY: number, endY: number, level: number): void {
    let [x, y, toX, toY] = [startX, startY, endX, endY];
    for (;;) {
      for (; x < toX && y < toY && this.#before[x] === this.#after[y]; x++, y++) {
        this.partners[x] = y;
      }
      while (x < toX && y < toY && this.#before[toX - 1] === this.#after[toY - 1]) {
        this.partners[--toX] = --toY;
      }
      if (x === toX || y === toY) {
        return;
      }
      const edits = this.#follow(x, toX, y, toY);
      if (edits <= WINDOW) {
        this.#take(x, y, toX - x, toY - y, edits, toX - x - (toY - y), edits);
        return;
      }
      for (; level < RUNS.length; level++) {
        if (this.#cut(x, toX, y, toY, level)) {
          return;
        }
      }
      [x, y] = this.#advance(x, y, toX - x, toY - y);
    }
  }

  /** The number of edits from one piece to the other; more than the window where it is too small. */
  #follow(fromX: number, toX: number, fromY: number, toY: number): number {
    const [lengthX, lengthY] = [toX - fromX, toY - fromY];
    for (let edits = 0; edits <= WINDOW; edits++) {
      for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
        let x = this.#entry(edits, diagonal, lengthX, lengthY);
        if (x !== NOWHERE) {
          while (x < lengthX && x - diagonal < lengthY && this.#before[fromX + x] === this.#after[fromY + x - diagonal]) {
            x++;
          }
          if (x === lengthX && x - diagonal === lengthY) {
            this.#reach[edits * WIDTH + WINDOW + diagonal] = x;
            return edits;
          }
        }
        this.#reach[edits * WIDTH + WINDOW + diagonal] = x;
      }
    }
    return WINDOW + 1;
  }

  /** Where the best way of so many edits comes into the diagonal: by a removal from the one before, by an addition from the one behind. */
  #entry(edits: number, diagonal: number, lengthX: number, lengthY: number): number {
    if (edits === 0) {
      return 0;
    }
    const place = (edits - 1) * WIDTH + WINDOW + diagonal;
    const removed = diagonal > 1 - edits ? this.#reach[place - 1] : NOWHERE;
    const added = diagonal < edits - 1 ? this.#reach[place + 1] : NOWHERE;
    const byRemoval = removed !== NOWHERE && removed < lengthX ? removed + 1 : NOWHERE;
    return added !== NOWHERE && added - diagonal <= lengthY && added > byRemoval ? added : byRemoval;
  }

  /** Goes the way back from an end, and makes partners of what it passes within the first edits. Says how far these come. */
  #take(fromX: number, fromY: number, lengthX: number, lengthY: number, edits: number, endDiagonal: number, taken: number): [number, number] {
    let diagonal = endDiagonal;
    let x = this.#reach[edits * WIDTH + WINDOW + diagonal];
    let reached: [number, number] = [fromX, fromY];
    for (let edit = edits; edit >= 0; edit--) {
      const entry = this.#entry(edit, diagonal, lengthX, lengthY);
      if (edit === taken) {
        reached = [fromX + x, fromY + x - diagonal];
      }
      while (x > entry) {
        x--;
        if (edit <= taken) {
          this.partners[fromX + x] = fromY + x - diagonal;
        }
      }
      if (edit > 0) {
        const byAddition = diagonal < edit - 1 && this.#reach[(edit - 1) * WIDTH + WINDOW + diagonal + 1] === entry;
        diagonal += byAddition ? 1 : -1;
        x = byAddition ? entry : entry - 1;
      }
    }
    return reached;
  }

  /** Takes the first edits of the way that came furthest, after {@link #follow}; where several did, of the one that shifts least. */
  #advance(fromX: number, fromY: number, lengthX: number, lengthY: number): [number, number] {
    let best = 0;
    let furthest = NOWHERE;
    for (let diagonal = -WINDOW; diagonal <= WINDOW; diagonal += 2) {
      const x = this.#reach[WINDOW * WIDTH + WINDOW + diagonal];
      const distance = 2 * x - diagonal;
      if (x !== NOWHERE && (distance > furthest || (distance === furthest && Math.abs(diagonal) < Math.abs(best)))) {
        [best, furthest] = [diagonal, distance];
      }
    }
    return this.#take(fromX, fromY, lengthX, lengthY, WINDOW, best, TAKEN);
  }

  /** Cuts both pieces at the runs that stand once in both, and aligns what lies between; unless they are few and have moved far. */
  #cut(fromX: number, toX: number, fromY: number, toY: number, level: number): boolean {
    const anchors = increasing(this.#sharedRuns(fromX, toX, fromY, toY, RUNS[level]));
    const cuts = [...anchors, [toX, toY] as const];
    let [x, y, shift] = [fromX, fromY, 0];
    for (const [cutX, cutY] of cuts) {
      shift += Math.abs(cutX - x - (cutY - y));
      [x, y] = [cutX + 1, cutY + 1];
    }
    if (anchors.length === 0 || shift > MAX_SHIFT * (anchors.length + RUNS[level])) {
      return false;
    }
    [x, y] = [fromX, fromY];
    for (const [cutX, cutY] of cuts) {
      if (cutX > x && cutY > y) {
        this.align(x, cutX, y, cutY, level + 1);
      }
      if (cutX < toX) {
        this.partners[cutX] = cutY;
      }
      [x, y] = [cutX + 1, cutY + 1];
    }
    return true;
  }

  /** Where runs begin that stand once in both pieces, by their place in `before`. */
  #sharedRuns(fromX: number, toX: number, fromY: number, toY: number, length: number): (readonly [number, number])[] {
    const slotsX = this.#slots(this.#before, fromX, toX, length);
    const slotsY = this.#slots(this.#after, fromY, toY, length);
    slotsX.forEach((slot, index) => (this.#onceX[slot] = this.#onceX[slot] === UNSEEN ? fromX + index : TWICE));
    slotsY.forEach((slot, index) => (this.#onceY[slot] = this.#onceY[slot] === UNSEEN ? fromY + index : TWICE));
    const runs: (readonly [number, number])[] = [];
    for (const slot of slotsX) {
      const [x, y] = [this.#onceX[slot], this.#onceY[slot]];
      if (x >= 0 && y >= 0 && this.#isSameRun(x, y, length)) {
        runs.push([x, y]);
      }
    }
    slotsX.forEach((slot) => (this.#onceX[slot] = UNSEEN));
    slotsY.forEach((slot) => (this.#onceY[slot] = UNSEEN));
    return runs;
  }

  /** For each run of a length its place in the tables: the number of the element, or a hash. Runs that share one by chance are not used. */
  #slots(ids: Int32Array, from: number, to: number, length: number): Int32Array {
    const slots = new Int32Array(Math.max(0, to - from - length + 1));
    let leaving = 1;
    for (let index = 1; index < length; index++) {
      leaving = Math.imul(leaving, FACTOR);
    }
    let hash = 0;
    for (let index = from; index < to; index++) {
      if (index >= from + length) {
        hash = (hash - Math.imul(ids[index - length], leaving)) | 0;
      }
      hash = (Math.imul(hash, FACTOR) + ids[index]) | 0;
      if (index >= from + length - 1) {
        slots[index - from - length + 1] = hash & (this.#onceX.length - 1);
      }
    }
    return slots;
  }

  #isSameRun(x: number, y: number, length: number): boolean {
    for (let index = 0; index < length; index++) {
      if (this.#before[x + index] !== this.#after[y + index]) {
        return false;
      }
    }
    return true;
  }
}

/** A longest row of pairs in which the second number grows as the first does; the pairs come by their first number. */
function increasing(pairs: (readonly [number, number])[]): (readonly [number, number])[] {
  const lowest: number[] = [];
  const previous = new Int32Array(pairs.length);
  for (let index = 0; index < pairs.length; index++) {
    let low = 0;
    let high = lowest.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (pairs[lowest[middle]][1] < pairs[index][1]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    previous[index] = low === 0 ? NOWHERE : lowest[low - 1];
    lowest[low] = index;
  }
  const row: (readonly [number, number])[] = [];
  for (let index = lowest.at(-1) ?? NOWHERE; index !== NOWHERE; index = previous[index]) {
    row.push(pairs[index]);
  }
  return row.reverse();
}
