/** Cuts a list into groups of so many elements; the last one may have fewer. */
export function inGroups<T>(elements: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(elements.length / size) }, (_, group) => elements.slice(group * size, (group + 1) * size));
}
