import { Child } from '../child.ts';
import type { Targets } from '../contenders/contender.ts';
import type { SinkMode, SinkReport } from './nakadi-sink.ts';

/** The stand-ins for Nakadi and AWS, in a process of their own. */
export class Servers {
  readonly targets: Targets;
  readonly #child: Child;

  private constructor(child: Child, targets: Targets) {
    this.#child = child;
    this.targets = targets;
  }

  static async start(): Promise<Servers> {
    const child = Child.start('servers/main.ts');
    return new Servers(child, await child.next<Targets>());
  }

  async reset(mode: Partial<SinkMode> = {}): Promise<void> {
    await this.#child.ask({ latencyMs: 0, keep: false, ...mode });
  }

  async report(): Promise<SinkReport> {
    return this.#child.ask<SinkReport>('report');
  }

  async stop(): Promise<void> {
    await this.#child.stop();
  }
}
