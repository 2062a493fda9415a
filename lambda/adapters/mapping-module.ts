import path from 'node:path';
import { pathToFileURL } from 'node:url';
import vm from 'node:vm';
import type { Mapping, MappingInput } from '../core/event-route.ts';

/** How long one call of a mapping may take, in milliseconds. */
const TIME_LIMIT_MS = 1_000;

/**
 * A team's mapping from its module.
 *
 * Each call has a time limit: a mapping that never ends must not take the invocation, and with it the other items, along. A module that
 * cannot be loaded fails in the same way, with each call: what it was for is parked, and published once it is mended.
 */
export async function loadMapping(folder: string, file: string): Promise<Mapping> {
  let map: unknown;
  try {
    const module = (await import(pathToFileURL(path.join(folder, file)).href)) as { default?: unknown };
    map = module.default;
  } catch (error) {
    return () => {
      throw new Error(`the mapping's module cannot be loaded: ${error instanceof Error ? error.name : 'unknown error'}`);
    };
  }
  if (typeof map !== 'function') {
    return () => {
      throw new Error("the mapping's module must have a function as its default export");
    };
  }
  return (input: MappingInput) => withinTime(() => (map as Mapping)(input));
}

const call = new vm.Script('call()');
const callee: { call: () => unknown } = { call: () => undefined };
const context = vm.createContext(callee);

/** Node can end synchronous code after a time only where a script in a context called it. */
function withinTime(run: () => unknown): unknown {
  callee.call = run;
  try {
    return call.runInContext(context, { timeout: TIME_LIMIT_MS });
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new Error(`the mapping took longer than ${TIME_LIMIT_MS} ms`, { cause: error });
    }
    throw error;
  }
}
