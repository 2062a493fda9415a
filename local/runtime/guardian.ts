import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/**
 * Sees to it that no process outlives the runtime, however the runtime ends.
 * A small process of its own holds the list; when the pipe from the runtime closes (end, crash, SIGKILL), it kills what is left on it.
 */
export class Guardian {
  readonly #process: ChildProcess;

  constructor() {
    // A process group of its own: Ctrl-C in the terminal must not end it before its work is done.
    this.#process = spawn(process.execPath, [join(import.meta.dirname, 'guardian-process.ts')], { stdio: ['pipe', 'ignore', 'ignore'], detached: true, env: {} });
    this.#process.stdin?.on('error', () => undefined);
    this.#process.on('error', () => undefined);
  }

  /** The guardian's own process id. */
  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Kills the process with SIGKILL when the runtime ends before the process does. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#tell(`watch ${String(pid)}`);
    child.once('exit', () => { this.#tell(`forget ${String(pid)}`); });
  }

  /** Removes the folder when the runtime ends. */
  removeAtEnd(directory: string): void {
    this.#tell(`remove ${directory}`);
  }

  /** Kills and removes what is left; resolves when that is done. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.stdin?.end();
    await exit;
  }

  #tell(line: string): void {
    if (this.#process.stdin?.writable) this.#process.stdin.write(`${line}\n`);
  }
}
