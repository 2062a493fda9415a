import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Sizes of a bundled handler, in kilobytes. */
export interface BundleSize {
  readonly entry: number;
  /** The entry and the chunks that it needs at once. */
  readonly atStart: number;
  readonly all: number;
}

export function bundleSize(entry: string): BundleSize {
  const folder = path.dirname(entry);
  const kilobytes = (files: readonly string[]): number => files.reduce((sum, file) => sum + statSync(path.join(folder, file)).size, 0) / 1000;
  const atStart = [path.basename(entry)];
  for (const file of atStart) {
    for (const [, chunk] of readFileSync(path.join(folder, file), 'utf8').matchAll(/(?:from|import)\s*"\.\/(chunk-[^"]+)"/g)) {
      if (!atStart.includes(chunk)) {
        atStart.push(chunk);
      }
    }
  }
  const all = readdirSync(folder).filter((file) => file.endsWith('.mjs'));
  return { entry: kilobytes([path.basename(entry)]), atStart: kilobytes(atStart), all: kilobytes(all) };
}
