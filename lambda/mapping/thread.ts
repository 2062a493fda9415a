import type { MessagePort } from 'node:worker_threads';

/** Where a mapping's thread stands: the first of the two shared numbers. Who waits for a change waits on this one. */
export const STATE = { loading: 0, idle: 1, asked: 2, answered: 3, gone: 4 } as const;

/** The second shared number, once the thread has begun with what it was asked. */
export const BEGUN = 1;

/** What a mapping's thread is given when it starts. */
export interface ThreadData {
  /** URL of the team's module. */
  readonly module: string;
  /** Takes inputs, gives answers. */
  readonly port: MessagePort;
  readonly shared: Int32Array<SharedArrayBuffer>;
  /** Where what the module writes to the console goes. */
  readonly output: 'standard' | 'error';
}
