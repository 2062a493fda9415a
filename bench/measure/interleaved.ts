/** Measures several things in turn, A B C A B C …, so that what else the machine does meets all of them alike. */
export async function interleaved<Name extends string>(
  contestants: ReadonlyMap<Name, () => Promise<number>>,
  rounds: number,
): Promise<ReadonlyMap<Name, readonly number[]>> {
  const measured = new Map<Name, number[]>([...contestants.keys()].map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, measure] of contestants) {
      measured.get(name)?.push(await measure());
    }
  }
  return measured;
}
