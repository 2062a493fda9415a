import { Child } from '../child.ts';
import type { ListEffort, ListTask } from '../lists/main.ts';
import { ContenderProcess } from '../measure/contender-process.ts';
import type { Finding, Goal } from '../report/finding.ts';
import type { Scale } from '../scale.ts';
import type { Servers } from '../servers/servers.ts';

/** What Node.js may use of a function of 256 MB. */
const SMALL_HEAP = ['--max-old-space-size=160'];

/** What Node.js may use of a function of 1 GB. */
const LARGE_HEAP = ['--max-old-space-size=800'];

/** Invocations that show how much memory is used. */
const INVOCATIONS = 6;

/** Comparisons of long lists. */
export async function longLists(servers: Servers, scale: Scale): Promise<Finding[]> {
  const group = 'Lists, processor time of a comparison';
  const rounds = scale.rounds * 8;
  const elements = scale.listElements;
  const ours = async (what: string, change: ListTask['change'], goal?: Goal): Promise<Finding & ListEffort> => {
    const effort = await compare({ engine: 'ours', elements, change, rounds });
    return { group, what: `${elements.toLocaleString('en-US')} elements, ${what}`, value: effort.cpuMs, unit: 'ms', goal, ...effort };
  };
  const two = await ours('one inserted in front and one in the middle', 'insert-two', { of: 'value', atMost: 5 });
  const all = await ours('all edited', 'edit-all', { of: 'value', atMost: 20 });
  return [
    ...[two, all].map(({ cpuMs: _cpuMs, operations: _operations, ...finding }) => finding),
    { group, what: 'operations of the patch of two inserts', value: two.operations, unit: 'operations', goal: { of: 'value', atMost: 2 } },
    await memory(servers, elements, scale),
    ...(await rfc6902(group, [100, 500].filter((elements) => elements <= scale.listElements / 20))),
  ];
}

async function compare(task: ListTask, execArgv = SMALL_HEAP): Promise<ListEffort> {
  const child = Child.start('lists/main.ts', [JSON.stringify(task)], { execArgv });
  try {
    return await child.next<ListEffort>();
  } finally {
    await child.stop();
  }
}

/** The whole relay with such items. */
async function memory({ targets }: Servers, elements: number, scale: Scale): Promise<Finding> {
  const size = { lines: Math.round(elements * 0.3), change: 'insert' } as const;
  const relay = await ContenderProcess.start('ours', targets, { size, records: 5, count: 1 }, SMALL_HEAP);
  try {
    const { memoryMiB } = await relay.run(scale.rounds === 1 ? 1 : INVOCATIONS);
    return { group: 'Memory of the relay', what: `batches of 5 MB, lists of ${size.lines.toLocaleString('en-US')} lines`, value: memoryMiB, unit: 'MiB', goal: { of: 'value', atMost: 256 } };
  } finally {
    await relay.stop();
  }
}

async function rfc6902(group: string, lengths: readonly number[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const elements of lengths) {
    const { cpuMs } = await compare({ engine: 'rfc6902', elements, change: 'append', rounds: 2 }, LARGE_HEAP);
    findings.push({ group: `${group}, rfc6902`, what: `${elements} elements, one appended`, value: cpuMs, unit: 'ms' });
  }
  return findings;
}
