import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { loadMapping } from '../../../lambda/adapters/mapping-module';
import type { MappedData, Mapping } from '../../../lambda/core/event-route';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'mapping-module-'));
  await build({
    entryPoints: { 'worker': 'lambda/mapping/worker.ts' },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    tsconfigRaw: {},
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let modules = 0;

/** The mapping of a module with this text; of one that is not there without. */
function mapping(source?: string): Mapping {
  const file = `mapping-${++modules}.mjs`;
  if (source !== undefined) {
    writeFileSync(path.join(folder, file), source);
  }
  return loadMapping(folder, file);
}

const call = (source: string | undefined, input: object = {}): MappedData => mapping(source)(JSON.stringify(input));
const data = (json: string): MappedData => ({ type: 'data', json });
const failed = (detail: unknown): MappedData => ({ type: 'failed', detail: detail as string });
const NO_ANSWER = failed('the mapping did not answer within 1000 ms, or ended its thread');

test('a mapping is the default export of its module, and is called with what it is given', () => {
  const map = mapping('import { basename } from "node:path"; export const other = 1; export default ({ keys }) => ({ name: basename(keys.id), keys });');
  expect(map('{"keys":{"id":"a/b"}}')).toEqual(data('{"name":"b","keys":{"id":"a/b"}}'));
  expect(map('{"keys":{"id":"c"}}')).toEqual(data('{"name":"c","keys":{"id":"c"}}'));
});

test('a mapping may return nothing', () => {
  expect(call('export default () => undefined;')).toEqual({ type: 'nothing' });
});

test('numbers are JavaScript numbers where that is exact, and objects with their text where it is not; both come back as they are', () => {
  const map = mapping('export default ({ newItem }) => ({ kinds: [typeof newItem.small, typeof newItem.tiny, newItem.large.rawJSON], newItem });');
  const newItem = '{"small":1.5,"large":9007199254740993,"tiny":0.0000001}';
  expect(map(`{"newItem":${newItem}}`)).toEqual(data(`{"kinds":["number","number","9007199254740993"],"newItem":${newItem.replace('0.0000001', '1e-7')}}`));
});

test('attribute names such as __proto__ are plain data', () => {
  const map = mapping('export default ({ newItem }) => newItem;');
  expect(map('{"newItem":{"__proto__":{"constructor":1},"":2}}')).toEqual(data('{"__proto__":{"constructor":1},"":2}'));
});

test.each([
  ['a date', '{ at: new Date(0) }', '{"at":"1970-01-01T00:00:00.000Z"}'],
  ['what is undefined', '{ a: undefined, b: null, c: [] }', '{"b":null,"c":[]}'],
  ['an object without a prototype', 'Object.create(null)', '{}'],
  ['what writes itself', '{ toJSON: () => ({ a: 1 }) }', '{"a":1}'],
  ['large integers', '{ a: -(2 ** 63) + 1024, b: 2 ** 62 }', '{"a":-9223372036854775000,"b":4611686018427388000}'],
  ['half a surrogate pair', '{ a: "\\ud800" }', '{"a":"\\ud800"}'],
])('a mapping may return %s', (_, returned, json) => {
  expect(call(`export default () => (${returned});`)).toEqual(data(json));
});

describe('each call fails when', () => {
  const mustReturn = (got: string): string => `the mapping must return an object or undefined, got ${got}`;
  const mustHold = (got: string): string => `the mapping must return what JSON can hold, got ${got}`;

  test.each<[string, string | undefined, unknown]>([
    ['there is no module', undefined, expect.stringContaining("the mapping's module cannot be loaded: Cannot find module")],
    ['the module is no JavaScript', 'export default (', "the mapping's module cannot be loaded: Unexpected end of input"],
    ['the module fails while it is loaded', 'throw new RangeError("no such file");', "the mapping's module cannot be loaded: no such file"],
    ['the module fails with what is no error', 'throw "x";', "the mapping's module cannot be loaded: it threw something that is no error"],
    ['the module imports what there is not', 'import "no-such-package"; export default () => ({});', expect.stringContaining("Cannot find package 'no-such-package'")],
    ['there is no default export', 'export const map = () => ({});', "the mapping's module must have a function as its default export"],
    ['the default export is no function', 'export default { map: () => ({}) };', "the mapping's module must have a function as its default export"],
    ['the mapping throws', 'export default () => { throw new Error("no such customer"); };', 'the mapping failed: no such customer'],
    ['the mapping throws at length', 'export default () => { throw new Error("x".repeat(10_000)); };', `the mapping failed: ${'x'.repeat(300)}`],
    ['the mapping throws nothing', 'export default () => { throw undefined; };', 'the mapping failed: it threw something that is no error'],
    [
      'the mapping throws what cannot be read',
      'export default () => { throw { get message() { throw 1; } }; };',
      'the mapping failed: it threw an error that has no readable message',
    ],
    ['the mapping goes too deep', 'export default function map() { return map(); }', 'the mapping failed: Maximum call stack size exceeded'],
    ['it returns null', 'export default () => null;', mustReturn('null')],
    ['it returns an array', 'export default () => [1];', mustReturn('an array')],
    ['it returns a text', 'export default () => "{}";', mustReturn('a string')],
    ['it returns a BigInt', 'export default () => 5n;', mustReturn('a bigint')],
    ['it is asynchronous', 'export default async () => ({});', mustReturn('a promise: it must not be asynchronous')],
    ['it is asynchronous and fails', 'export default async () => { throw new Error("late"); };', mustReturn('a promise: it must not be asynchronous')],
    ['it returns something like a promise', 'export default () => ({ then() {} });', mustReturn('a promise: it must not be asynchronous')],
    ['it returns what becomes a text', 'export default () => new Date(0);', mustReturn('one whose JSON is no object')],
    ['it returns what becomes nothing', 'export default () => ({ toJSON: () => undefined });', mustReturn('one whose JSON is no object')],
    ['it returns a promise inside', 'export default () => ({ a: { b: Promise.resolve(1) } });', mustHold('an object that is not plain as "b"')],
    ['it returns a Map inside', 'export default () => ({ a: new Map() });', mustHold('an object that is not plain as "a"')],
    ['it returns a function inside', 'export default () => ({ a: () => 1 });', mustHold('a function as "a"')],
    ['it returns a BigInt inside', 'export default () => ({ a: 5n });', mustHold('a bigint as "a"')],
    ['it returns what is no number', 'export default () => ({ a: 0 / 0 });', mustHold('a number that Nakadi does not take as "a"')],
    ['it returns an integer beyond 64 bits', 'export default () => ({ a: [2 ** 63] });', mustHold('a number that Nakadi does not take as "0"')],
    ['it returns an integer that is written as one beyond 64 bits', 'export default () => ({ a: -(2 ** 63) });', mustHold('a number that Nakadi does not take as "a"')],
    ['it returns a number in text that Nakadi does not take', 'export default () => ({ a: JSON.rawJSON("99999999999999999999999") });', mustHold('a number that Nakadi does not take as "a"')],
    ['it returns a date that is none', 'export default () => ({ a: new Date(NaN) });', mustHold('a date that is none as "a"')],
    ['it returns a gap in a list', 'export default () => ({ a: [1, undefined] });', mustHold('undefined as "1"')],
    ['it returns a circle', 'const a = {}; a.a = a; export default () => a;', expect.stringContaining('the mapping failed: Converting circular structure to JSON')],
    ['it returns what throws when it is written', 'export default () => ({ get a() { throw new Error("not now"); } });', 'the mapping failed: not now'],
  ])('%s', (_, source, detail) => {
    expect(call(source)).toEqual(failed(detail));
  });

  test('the module is never done with loading, and the others wait for that only once', () => {
    const map = mapping('await new Promise((resolve) => setTimeout(resolve, 3_600_000)); export default () => ({});');
    expect([map('{}'), map('{}')]).toEqual(Array(2).fill(failed("the mapping's module did not load within 5000 ms")));
  }, 20_000);
});

test('a module that loaded too slowly is loaded again after a minute', () => {
  const slow = path.join(folder, 'slow-once');
  const map = mapping(`
    import { existsSync, writeFileSync } from 'node:fs';
    if (!existsSync(${JSON.stringify(slow)})) { writeFileSync(${JSON.stringify(slow)}, ''); await new Promise((resolve) => setTimeout(resolve, 3_600_000)); }
    export default () => ({});`);
  const start = Date.now();
  expect(map('{}')).toEqual(failed("the mapping's module did not load within 5000 ms"));
  const clock = jest.spyOn(Date, 'now');
  try {
    clock.mockReturnValue(start + 59_000);
    expect(map('{}')).toEqual(failed("the mapping's module did not load within 5000 ms"));
    clock.mockReturnValue(start + 70_000);
    expect(map('{}')).toEqual(data('{}'));
  } finally {
    clock.mockRestore();
  }
}, 20_000);

describe('what a mapping does to one item does not reach the next, when it', () => {
  /** A mapping that does something for `{"bad": true}` only. */
  const mapOf = (bad: string): Mapping => mapping(`export default ({ bad }) => { if (bad) { ${bad} } return { fine: true }; };`);

  test.each([
    ['never ends', 'for (;;) { try { bad.length; } catch {} finally {} }'],
    ['never ends while its result is written', 'return { get a() { for (;;) {} } };'],
    ['never ends where it tells how to write it', 'return { toJSON() { for (;;) {} } };'],
    ['ends the process', 'process.exit();'],
    ['uses up the memory', 'const all = []; for (;;) { all.push(new Array(100_000).fill(all.length)); }'],
  ])('%s', (_, bad) => {
    const map = mapOf(bad);
    expect([map('{}'), map('{"bad":true}'), map('{}'), map('{"bad":true}'), map('{}')]).toEqual([
      data('{"fine":true}'),
      NO_ANSWER,
      data('{"fine":true}'),
      NO_ANSWER,
      data('{"fine":true}'),
    ]);
  }, 20_000);

  test.each([
    ['leaves a rejected promise behind', 'Promise.reject(new Error("nobody looks"));'],
    ['leaves an error behind', 'setImmediate(() => { throw new Error("nobody looks"); });'],
    ['ends the process later', 'setImmediate(() => process.exit());'],
    ['blocks its thread later', 'setImmediate(() => { for (;;) {} });'],
    ['replaces what reads and writes JSON', 'JSON.stringify = JSON.parse = () => { throw new Error("gone"); };'],
  ])('%s', async (_, bad) => {
    const map = mapOf(bad);
    expect(map('{"bad":true}')).toEqual(data('{"fine":true}'));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([map('{}'), map('{}')]).toEqual(Array(2).fill(data('{"fine":true}')));
  }, 20_000);

  test('changes built-in objects: ours stay as they are', () => {
    const map = mapOf('Object.prototype.polluted = true; Object.prototype.toJSON = () => ({}); return {};');
    expect(map('{"bad":true}')).toEqual(data('{}'));
    expect(JSON.stringify({ a: 1 })).toBe('{"a":1}');
    expect({}).not.toHaveProperty('polluted');
  });
});

test('a mapping sees no environment variable: credentials stand there', () => {
  expect(call('export default () => ({ names: Object.keys(process.env) });')).toEqual(data('{"names":[]}'));
});

describe('a call that takes the process along', () => {
  /** Calls a mapping in a process of its own, and gives what it answered. */
  const inProcess = (file: string, notes: string, inputs: readonly string[]): { readonly answers: unknown[]; readonly died: boolean } => {
    const script = `
      const { loadMapping } = await import(${JSON.stringify(path.resolve('lambda/adapters/mapping-module.ts'))});
      const map = loadMapping(${JSON.stringify(folder)}, ${JSON.stringify(file)}, ${JSON.stringify(notes)});
      for (const input of ${JSON.stringify(inputs)}) {
        console.log(JSON.stringify(map(input + ' ', input)));
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      await new Promise((resolve) => setTimeout(resolve, 2_000));
      process.exit();`;
    const main = path.join(notes, 'main.mjs');
    writeFileSync(main, script);
    const { stdout, status } = spawnSync(process.execPath, [main], { encoding: 'utf8', timeout: 60_000 });
    return { answers: stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line) as unknown), died: status !== 0 };
  };

  test.each([
    // By a signal: how soon memory ends the process depends on what else the machine does.
    ['at once', "process.kill(process.pid, 'SIGKILL');"],
    ['after its time, when it is given up', "spawnSync('/bin/sh', ['-c', 'sleep 1.5; kill -9 $PPID']);"],
  ])('%s is not made again, and the others go on', (_, bad) => {
    const file = `mapping-${++modules}.mjs`;
    writeFileSync(path.join(folder, file), `import { spawnSync } from 'node:child_process'; export default ({ bad }) => { if (bad) { ${bad} } return { fine: true }; };`);
    const notes = mkdtempSync(path.join(folder, 'notes-'));
    const inputs = ['{"n":1}', '{"bad":true}', '{"n":2}', '{"n":3}'];
    const first = inProcess(file, notes, inputs);
    expect(first).toMatchObject({ died: true, answers: expect.arrayContaining([data('{"fine":true}')]) as unknown });
    const fine = data('{"fine":true}');
    expect(inProcess(file, notes, inputs)).toEqual({
      died: false,
      answers: [fine, failed('the mapping ended the process when it was called with this change, and is not called with it again'), fine, fine],
    });
  }, 120_000);
});
