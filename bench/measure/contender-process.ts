import { Child } from '../child.ts';
import { CONTENDERS, type ContenderName } from '../contenders/names.ts';
import type { Targets } from '../contenders/contender.ts';
import type { Batches } from '../data/payloads.ts';
import type { ContenderTask, Effort, Order } from './contender-main.ts';

/** A contender that is ready to run. */
export class ContenderProcess {
  readonly name: ContenderName;
  readonly #child: Child;

  private constructor(name: ContenderName, child: Child) {
    this.name = name;
    this.#child = child;
  }

  static async start(name: ContenderName, targets: Targets, batches: Batches, nodeOptions: readonly string[] = []): Promise<ContenderProcess> {
    const task: ContenderTask = { module: CONTENDERS[name].module, targets, batches };
    const child = Child.start('measure/contender-main.ts', [JSON.stringify(task)], { execArgv: [...nodeOptions] });
    await child.next();
    return new ContenderProcess(name, child);
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** @param first number of the first batch; where the last run ended, unless given */
  run(invocations: number, first?: number): Promise<Effort> {
    return this.#child.ask({ invocations, first } satisfies Order);
  }

  /**
   * Runs until the compiler has seen enough.
   *
   * @returns invocations that take as long as a measurement should
   */
  async warmUp(warmUpMs: number, measureMs: number): Promise<number> {
    let last = await this.run(1);
    for (const end = Date.now() + warmUpMs; Date.now() < end; ) {
      last = await this.run(1);
    }
    return Math.max(1, Math.round(measureMs / last.elapsedMs));
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
