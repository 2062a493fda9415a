import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from './errors.ts';
import type { Guardian } from './guardian.ts';
import { LineBuffer } from './line-buffer.ts';

/** How a service is started and told to be ready. */
export interface ServiceCommand {
  /** For error texts, such as `DynamoDB Local`. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Resolves when the service answers; anything else is a reason to ask again. */
  readonly ready: () => Promise<unknown>;
  /** Milliseconds until the service must answer. */
  readonly deadline: number;
  /** Explains why the process did not start or ended early, where the general text is not clear enough. */
  readonly explain?: (output: string, error?: NodeJS.ErrnoException) => string | undefined;
}

/** A service in a process of its own that lives as long as the runtime. */
export class ServiceProcess {
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * Starts the service, and waits until it answers.
   * @throws ServiceError where it cannot be started, ends early, or does not answer in time; with its last output.
   */
  static async start(service: ServiceCommand, guardian: Guardian): Promise<ServiceProcess> {
    const output = new LineBuffer(50);
    const child = spawn(service.command, service.args, { env: service.env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    guardian.watch(child);
    output.follow(child.stdout);
    output.follow(child.stderr);
    let ended: string | undefined;
    child.once('error', (error: NodeJS.ErrnoException) => { ended = service.explain?.('', error) ?? `${service.name} cannot be started: ${error.message}`; });
    child.once('close', (code, signal) => {
      const text = output.lines.join('\n');
      ended ??= service.explain?.(text) ?? `${service.name} ended before it was ready (${signal ?? `exit code ${String(code)}`}):\n${text}`;
    });
    const deadline = Date.now() + service.deadline;
    for (;;) {
      // The process first: its port may have been taken by another service that answers just as well.
      if (ended !== undefined) throw new ServiceError(ended);
      const answered = await service.ready().then(() => true, () => false);
      if (answered && child.exitCode === null) return new ServiceProcess(child);
      if (Date.now() > deadline) {
        child.kill('SIGKILL');
        throw new ServiceError(`${service.name} did not answer within ${String(service.deadline / 1000)} s:\n${output.lines.join('\n')}`);
      }
      await sleep(50);
    }
  }

  /** Kills the process; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const exit = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exit;
  }
}

/**
 * The folder of an installed npm package, looked for from this file upwards.
 * @throws ServiceError where it is not installed.
 */
export function packageFolder(name: string): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
    if (folder === dirname(folder)) throw new ServiceError(`the npm package ${name} is not installed; run npm ci`);
  }
}
