import path from 'node:path';

const DIST = path.join(import.meta.dirname, '..', '..', 'lambda', 'dist');

/** File of a bundled handler. */
export function bundle(name: 'relay' | 'requeue'): string {
  return path.join(DIST, name, 'index.mjs');
}
