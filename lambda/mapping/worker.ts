// The thread in which a team's mapping runs; the other end is adapters/mapping-module.ts.
import { workerData } from 'node:worker_threads';
import type { MappedData } from '../core/event-route.ts';
import { canonicalNumber, isJsonNumber } from '../core/number-text.ts';
import { errorOutput } from './error-output.ts';
import { BEGUN, STATE, type ThreadData } from './thread.ts';

// What the module does to JSON must not change what is read and written here.
const { parse, stringify, isRawJSON, rawJSON } = JSON;
const { port, shared, module, output } = workerData as ThreadData;

/** Longest message that is kept of an error. */
const MESSAGE_LENGTH = 300;

const enter = (state: number): void => {
  Atomics.store(shared, 0, state);
  Atomics.notify(shared, 0);
};

// What fails behind the mapping's back, after it has returned, fails for itself.
process.on('uncaughtException', () => undefined);
process.on('unhandledRejection', () => undefined);
process.on('exit', () => {
  enter(STATE.gone);
});

if (output === 'error') {
  const value = errorOutput();
  Object.defineProperties(process, { stdout: { value }, stderr: { value } });
}

const map = await load();
port.on('message', (input: string) => {
  Atomics.store(shared, 1, BEGUN);
  port.postMessage(answer(input));
  enter(STATE.answered);
});
enter(STATE.idle);

async function load(): Promise<(input: unknown) => unknown> {
  try {
    const { default: found } = (await import(module)) as { default?: unknown };
    return typeof found === 'function' ? (found as (input: unknown) => unknown) : failing("the mapping's module must have a function as its default export");
  } catch (error) {
    return failing(`the mapping's module cannot be loaded: ${messageOf(error)}`);
  }
}

/** A mapping that fails with each call: what it was for is parked, and published once the module is mended. */
function failing(message: string): () => never {
  return () => {
    throw new Refusal(message);
  };
}

/** Something of which the text is ours. */
class Refusal extends Error {}

function answer(input: string): MappedData {
  try {
    const mapped = map(parse(input, exactNumbers));
    if (mapped === undefined) {
      return { type: 'nothing' };
    }
    if (typeof mapped !== 'object' || mapped === null || Array.isArray(mapped) || 'then' in mapped) {
      throw new Refusal(`the mapping must return an object or undefined, got ${describe(mapped)}`);
    }
    const data = stringify(mapped, strictly) as string | undefined;
    if (data?.startsWith('{') !== true) {
      throw new Refusal('the mapping must return an object or undefined, got one whose JSON is no object');
    }
    return { type: 'data', json: data };
  } catch (error) {
    return { type: 'failed', detail: error instanceof Refusal ? error.message : `the mapping failed: ${messageOf(error)}` };
  }
}

/** Keeps what JSON.parse would round. */
function exactNumbers(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' && context?.source !== undefined && canonicalNumber(String(value)) !== context.source ? rawJSON(context.source) : value;
}

/** Lets through what JSON says as it is meant. Of a promise, a Map or NaN it would make `{}` or `null`. */
function strictly(this: unknown, name: string, value: unknown): unknown {
  const refuse = (what: string): never => {
    throw new Refusal(`the mapping must return what JSON can hold, got ${what} as ${stringify(name.slice(0, MESSAGE_LENGTH))}`);
  };
  switch (typeof value) {
    case 'number':
      return isTaken(String(value)) ? value : refuse('a number that Nakadi does not take');
    case 'undefined':
      return Array.isArray(this) ? refuse('undefined') : value;
    case 'bigint':
    case 'function':
    case 'symbol':
      return refuse(`a ${typeof value}`);
    case 'object': {
      if (isRawJSON(value)) {
        return isTaken((value as { rawJSON: string }).rawJSON) ? value : refuse('a number that Nakadi does not take');
      }
      if (value === null && (this as Record<string, unknown>)[name] instanceof Date) {
        return refuse('a date that is none');
      }
      const prototype: unknown = value === null ? null : Object.getPrototypeOf(value);
      const plain = prototype === null || prototype === Object.prototype || Array.isArray(value);
      return plain ? value : refuse('an object that is not plain');
    }
    default:
      return value;
  }
}

function isTaken(number: string): boolean {
  const canonical = canonicalNumber(number);
  return canonical !== undefined && isJsonNumber(canonical);
}

function describe(value: unknown): string {
  if (value === null || Array.isArray(value)) {
    return value === null ? 'null' : 'an array';
  }
  return typeof value === 'object' ? 'a promise: it must not be asynchronous' : `a ${typeof value}`;
}

function messageOf(error: unknown): string {
  try {
    const message = (error as { message?: unknown } | null)?.message;
    return typeof message === 'string' ? message.slice(0, MESSAGE_LENGTH) : 'it threw something that is no error';
  } catch {
    return 'it threw an error that has no readable message';
  }
}
