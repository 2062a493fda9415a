// Compares lists, in a process that may be given little memory. Argument: what to compare, as JSON.
import { createPatch as createPatchByRfc6902 } from 'rfc6902';
import { itemToJson } from '../../lambda/core/item-images.ts';
import { createPatch } from '../../lambda/core/json-patch.ts';
import type { AttributeMap, AttributeValue } from '../../lambda/core/stream-record.ts';
import { median } from '../measure/median.ts';

/** Two lists and who compares them. */
export interface ListTask {
  readonly engine: 'ours' | 'rfc6902';
  readonly elements: number;
  /** What happens to the list: two elements more, in front and in the middle; one more at the end; or each element another. */
  readonly change: 'insert-two' | 'append' | 'edit-all';
  readonly rounds: number;
}

/** What it took. */
export interface ListEffort {
  /** Processor time of one comparison, in milliseconds. */
  readonly cpuMs: number;
  readonly operations: number;
}

function element(number: number, quantity: number): AttributeValue {
  return { M: { sku: { S: `sku-${number}` }, quantity: { N: String(quantity) } } };
}

function lists({ elements, change }: ListTask): [AttributeMap, AttributeMap] {
  const before = Array.from({ length: elements }, (_, number) => element(number, 1));
  if (change === 'edit-all') {
    return [{ lines: { L: before } }, { lines: { L: before.map((_, number) => element(number, 2)) } }];
  }
  if (change === 'append') {
    return [{ lines: { L: before } }, { lines: { L: [...before, element(elements, 1)] } }];
  }
  const after = [element(elements, 1), ...before.toSpliced(elements >> 1, 0, element(elements + 1, 1))];
  return [{ lines: { L: before } }, { lines: { L: after } }];
}

const task = JSON.parse(process.argv[2]) as ListTask;
const [before, after] = lists(task).map((image) => itemToJson(image));
const compare = task.engine === 'ours' ? createPatch : createPatchByRfc6902;
const measured: number[] = [];
let operations = 0;
for (let round = 0; round < task.rounds; round++) {
  const start = process.cpuUsage();
  operations = compare(before, after).length;
  const { user, system } = process.cpuUsage(start);
  measured.push((user + system) / 1000);
}
// The first half is the warm-up.
process.send?.({ cpuMs: median(measured.slice(measured.length >> 1)), operations } satisfies ListEffort);
