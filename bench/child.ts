import { fork, type ChildProcess, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

/** A process that ended where an answer was awaited. */
export class ChildEndedError extends Error {
  override readonly name = 'ChildEndedError';
}

/** A module of the bench that runs in a process of its own and answers messages. */
export class Child {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** @param module path below `bench` */
  static start(module: string, args: readonly string[] = [], { execArgv, env }: Pick<ForkOptions, 'execArgv' | 'env'> = {}): Child {
    // What relays log goes nowhere; what they complain of is shown.
    return new Child(fork(path.join(import.meta.dirname, module), args, { execArgv: ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', ...(execArgv ?? [])], env: env ?? process.env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] }));
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  send(message: unknown): void {
    this.#process.send(message as string);
  }

  /** The next message. @throws ChildEndedError where the process ends instead */
  next<Message>(): Promise<Message> {
    return new Promise((resolve, reject) => {
      const onMessage = (message: unknown): void => {
        this.#process.off('exit', onExit);
        resolve(message as Message);
      };
      const onExit = (code: number | null, signal: string | null): void => {
        this.#process.off('message', onMessage);
        reject(new ChildEndedError(`a process of the bench ended before its time: ${signal ?? String(code)}`));
      };
      this.#process.once('message', onMessage).once('exit', onExit);
    });
  }

  /** Sends a message, and waits for the answer. */
  async ask<Answer>(message: unknown): Promise<Answer> {
    const answer = this.next<Answer>();
    this.send(message);
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) {
      const exit = once(this.#process, 'exit');
      this.#process.kill('SIGKILL');
      await exit;
    }
  }
}
