import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from 'node:worker_threads';
import type { MappedData, Mapping } from '../core/event-route.ts';
import { BEGUN, STATE, type ThreadData } from '../mapping/thread.ts';
import { DeadlyCalls } from './deadly-calls.ts';

/** How long one call of a mapping may take, and the loading of its module, in milliseconds. */
const TIME_LIMIT_MS = 1_000;
const LOAD_LIMIT_MS = 5_000;

/** How long a module that did not load is left alone, in milliseconds: what waits for it would use up the time of all others. */
const BROKEN_MS = 60_000;

/** Megabytes that a mapping may hold. */
const HEAP_MEGABYTES = 128;

/**
 * A team's mapping from its module.
 *
 * It runs in a thread of its own and gets and gives text: whatever it does (it may never end, use up the memory, change built-in objects, or fail
 * when nobody looks), the relay and the other items go on. A thread that does not answer in time is ended, and the next call gets a new one.
 *
 * A thread that takes a lot of memory at once takes the process along. So calls are noted where there is a folder for that, and one that
 * the process has not survived fails from then on.
 *
 * @param folder the handler's, with the thread's module
 * @param file the team's module in it
 * @param notes folder of notes that outlive the process
 * @param output where what it writes to the console goes: the output of the process, or its error output, where the other is a result
 */
export function loadMapping(folder: string, file: string, notes?: string, output: ThreadData['output'] = 'standard'): Mapping {
  const deadly = notes === undefined ? undefined : openNotes(path.join(notes, `${file.replaceAll('/', '-')}.calls`));
  const start = (): MappingThread => new MappingThread(path.join(folder, 'worker.mjs'), pathToFileURL(path.join(folder, file)).href, output);
  let thread = start();
  let brokenUntil: number | undefined;
  return (input, change = input) => {
    if (brokenUntil !== undefined && Date.now() >= brokenUntil) {
      brokenUntil = undefined;
      thread = start();
    }
    // A thread may have ended by itself before it took the call, which is not the call's fault: then once more.
    for (let attempt = 1; brokenUntil === undefined; attempt++) {
      if (!thread.waitUntilLoaded()) {
        brokenUntil = Date.now() + BROKEN_MS;
        void thread.end();
        break;
      }
      const ended = deadly === undefined ? () => undefined : deadly.begin(change);
      if (ended === undefined) {
        return failed('the mapping ended the process when it was called with this change, and is not called with it again');
      }
      const answer = thread.call(input);
      if (answer !== undefined) {
        ended();
        return answer;
      }
      const { hasBegun } = thread;
      const gone = thread.end();
      if (hasBegun) {
        // Until it is gone, it may still do its worst.
        void gone.then(ended);
      } else {
        ended();
      }
      thread = start();
      if (hasBegun || attempt === 2) {
        return failed(`the mapping did not answer within ${TIME_LIMIT_MS} ms, or ended its thread`);
      }
    }
    return failed(`the mapping's module did not load within ${LOAD_LIMIT_MS} ms`);
  };
}

/** Undefined where they cannot be kept: they are a precaution, and a function that does not start could not even park. */
function openNotes(file: string): DeadlyCalls | undefined {
  try {
    return new DeadlyCalls(file);
  } catch {
    return undefined;
  }
}

class MappingThread {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #shared = new Int32Array(new SharedArrayBuffer(8));

  constructor(thread: string, module: string, output: ThreadData['output']) {
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#worker = new Worker(thread, {
      workerData: { module, port: port2, shared: this.#shared, output } satisfies ThreadData,
      transferList: [port2],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
    });
    this.#worker.on('error', () => undefined); // that it is gone shows when it is asked
    this.#worker.unref();
  }

  waitUntilLoaded(): boolean {
    return Atomics.wait(this.#shared, 0, STATE.loading, LOAD_LIMIT_MS) !== 'timed-out';
  }

  /** Whether the thread got as far as to take the last call. */
  get hasBegun(): boolean {
    return Atomics.load(this.#shared, 1) === BEGUN;
  }

  /** The answer; undefined where none comes in time. */
  call(input: string): MappedData | undefined {
    Atomics.store(this.#shared, 1, 0);
    if (Atomics.exchange(this.#shared, 0, STATE.asked) === STATE.gone) {
      return undefined;
    }
    this.#port.postMessage(input);
    Atomics.wait(this.#shared, 0, STATE.asked, TIME_LIMIT_MS);
    // The state may say by now that the thread is gone, though it has answered before.
    return receiveMessageOnPort(this.#port)?.message as MappedData | undefined;
  }

  /** Ends the thread; resolves when it is gone. */
  end(): Promise<unknown> {
    this.#port.close();
    return this.#worker.terminate();
  }
}

function failed(detail: string): MappedData {
  return { type: 'failed', detail };
}
