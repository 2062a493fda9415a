import { writeSync } from 'node:fs';
import { Writable } from 'node:stream';

/** Milliseconds for which a reader that does not keep up is waited for: the mapping's own time goes on. */
const PATIENCE_MS = 100;

/**
 * The error output of the process, written to at once. What a thread writes to its own streams arrives only when the main thread has time for it,
 * which it has not before it ends.
 */
export function errorOutput(): Writable {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  return new Writable({
    write(chunk: Buffer, _encoding, written) {
      for (let at = 0, waited = 0; at < chunk.length && waited < PATIENCE_MS; ) {
        try {
          at += writeSync(2, chunk, at);
        } catch {
          // The pipe is full.
          Atomics.wait(pause, 0, 0, 1);
          waited++;
        }
      }
      written();
    },
  });
}
