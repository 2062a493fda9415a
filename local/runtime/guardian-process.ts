// Runs as a process of its own, see guardian.ts: reads its orders from standard input, and acts when that ends.
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';

const processes = new Set<number>();
const directories = new Set<string>();

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

createInterface({ input: process.stdin }).on('line', (line) => {
  const [order, ...rest] = line.split(' ');
  const subject = rest.join(' ');
  if (order === 'watch') processes.add(Number(subject));
  else if (order === 'forget') processes.delete(Number(subject));
  else if (order === 'remove') directories.add(subject);
}).on('close', () => {
  for (const pid of processes) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone already.
    }
  }
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
});
