import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const ADAPTER = path.resolve('lambda/adapters/mapping-module.ts');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'mapping-module-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/**
 * Loads a mapping in a process of its own, as the handlers do (the tests' own modules are not ES modules), calls it with each of the inputs,
 * and gives what came of each call.
 */
async function calls(source: string | undefined, ...inputs: readonly object[]): Promise<unknown[]> {
  const file = 'mapping.mjs';
  rmSync(path.join(folder, file), { force: true });
  if (source !== undefined) {
    writeFileSync(path.join(folder, file), source);
  }
  const script = `
    const [adapter, folder, file, inputs] = process.argv.slice(1);
    const { loadMapping } = await import(adapter);
    const map = await loadMapping(folder, file);
    const outcomes = JSON.parse(inputs).map((input) => {
      const start = Date.now();
      try {
        return { returned: map(input), ms: Date.now() - start };
      } catch (error) {
        return { thrown: error?.message ?? String(error), ms: Date.now() - start };
      }
    });
    process.stdout.write(JSON.stringify(outcomes));`;
  const args = ['--experimental-strip-types', '--no-warnings', '--input-type=module', '-e', script, ADAPTER, folder, file, JSON.stringify(inputs)];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stdout) as unknown[];
}

const call = async (source: string | undefined): Promise<unknown> => (await calls(source, {}))[0];

test('a mapping is the default export of its module, and is called with what it is given', async () => {
  const source = 'import { basename } from "node:path"; export const other = 1; export default ({ keys }) => ({ name: basename(keys.id), keys });';
  expect(await calls(source, { keys: { id: 'a/b' } }, { keys: { id: 'c' } })).toMatchObject([
    { returned: { name: 'b', keys: { id: 'a/b' } } },
    { returned: { name: 'c', keys: { id: 'c' } } },
  ]);
});

test('a mapping may return nothing', async () => {
  expect(await call('export default () => undefined;')).not.toHaveProperty('returned');
  expect(await call('export default () => undefined;')).not.toHaveProperty('thrown');
});

describe('each call fails when', () => {
  test.each<[string, string | undefined, string]>([
    ['there is no module', undefined, "the mapping's module cannot be loaded: Error"],
    ['the module is no JavaScript', 'export default (', "the mapping's module cannot be loaded: SyntaxError"],
    ['the module fails while it is loaded', 'throw new RangeError("secret");', "the mapping's module cannot be loaded: RangeError"],
    ['the module fails with what is no error', 'throw "secret";', "the mapping's module cannot be loaded: unknown error"],
    ['the module imports what there is not', 'import "no-such-package"; export default () => ({});', "the mapping's module cannot be loaded: Error"],
    ['there is no default export', 'export const map = () => ({});', "the mapping's module must have a function as its default export"],
    ['the default export is no function', 'export default { map: () => ({}) };', "the mapping's module must have a function as its default export"],
    ['the mapping fails', 'export default () => { throw new Error("no such customer"); };', 'no such customer'],
    ['the mapping fails with nothing', 'export default () => { throw undefined; };', 'undefined'],
    ['the mapping goes too deep', 'export default function map() { return map(); }', 'Maximum call stack size exceeded'],
  ])('%s', async (_, source, message) => {
    expect(await call(source)).toEqual({ thrown: message, ms: expect.any(Number) as number });
  });
});

test('a call that never ends is ended after a second, and the next ones work', async () => {
  const source = `
    let called = 0;
    export default ({ loop }) => {
      called++;
      while (loop) { try { loop.length; } catch {} finally { } }
      return { called };
    };`;
  const outcomes = (await calls(source, {}, { loop: 'for ever' }, {}, { loop: 'again' }, {})) as { ms: number }[];
  const tooLong = { thrown: 'the mapping took longer than 1000 ms' };
  expect(outcomes).toMatchObject([{ returned: { called: 1 } }, tooLong, { returned: { called: 3 } }, tooLong, { returned: { called: 5 } }]);
  expect(outcomes.map(({ ms }) => ms >= 900 && ms < 3_000)).toEqual([false, true, false, true, false]);
});
