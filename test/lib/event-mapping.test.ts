import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Aws, Stack } from 'aws-cdk-lib';
import { EventMapping, OutboxTable, RouteCondition } from '../../lib';
import { DESTINATION, errorOf, KEY } from './stacks';

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-mapping-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

/** Synthesizes an outbox with these mappings, and gives the mapping files of each asset. */
function mappingFiles(mappings: EventMapping[]): Record<string, string>[] {
  const app = new App({ outdir: mkdtempSync(path.join(folder, 'out-')) });
  const routes = mappings.map((mapping, index) => ({ eventType: `e${index}`, condition: RouteCondition.keyStartsWith('orderId', String(index)), mapping }));
  new OutboxTable(new Stack(app, 'Stack'), 'Orders', { partitionKey: KEY, destination: { endpoint: DESTINATION.endpoint, routes } });
  const { directory } = app.synth();
  return readdirSync(directory)
    .filter((name) => name.startsWith('asset.'))
    .map((name) => path.join(directory, name))
    .map((asset) => {
      expect(readdirSync(asset)).toContain('index.mjs');
      const files = readdirSync(asset, { recursive: true, encoding: 'utf8' }).filter((name) => name.startsWith('mapping-') && name.endsWith('.mjs'));
      return Object.fromEntries(files.map((name) => [name, readFileSync(path.join(asset, name), 'utf8')]));
    });
}

test('a mapping stands beside the bundle of both functions, once for all routes that use it', () => {
  const file = path.join(folder, 'map.mjs');
  writeFileSync(file, 'export default () => ({});');
  const mapping = EventMapping.fromFile(file);
  const inline = EventMapping.fromInline('export default () => undefined;');

  const files = { 'mapping-1.mjs': 'export default () => ({});', 'mapping-2.mjs': 'export default () => undefined;' };
  expect(mappingFiles([mapping, mapping, inline])).toEqual([files, files]);
});

test('a folder is copied with all that its module imports', () => {
  const directory = path.join(folder, 'bundle');
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'index.mjs'), "export { default } from './chunk.mjs';");
  writeFileSync(path.join(directory, 'chunk.mjs'), 'export default () => ({});');

  const files = { 'mapping-1/index.mjs': "export { default } from './chunk.mjs';", 'mapping-1/chunk.mjs': 'export default () => ({});' };
  expect(mappingFiles([EventMapping.fromAsset(directory)])).toEqual([files, files]);
});

test('a folder with links is the same on another machine: those inside it stay as they are, what others lead to is copied', () => {
  const directory = mkdtempSync(path.join(folder, 'linked-'));
  const outside = path.join(folder, 'outside.mjs');
  writeFileSync(outside, 'export const outside = true;');
  writeFileSync(path.join(directory, 'index.mjs'), 'export default () => ({});');
  writeFileSync(path.join(directory, 'real.mjs'), 'export const real = true;');
  symlinkSync('real.mjs', path.join(directory, 'inside.mjs'));
  symlinkSync(outside, path.join(directory, 'outside.mjs'));
  const target = path.join(folder, 'copied');

  EventMapping.fromAsset(directory)._copyTo(target);
  expect(readlinkSync(path.join(target, 'inside.mjs'))).toBe('real.mjs');
  expect(lstatSync(path.join(target, 'outside.mjs')).isSymbolicLink()).toBe(false);
  expect(readFileSync(path.join(target, 'outside.mjs'), 'utf8')).toBe('export const outside = true;');
});

test('a module is the same whatever ends its lines', () => {
  const [unix, windows] = ['\n', '\r\n'].map((end) => EventMapping.fromInline(['// nothing', 'export default () => ({});', ''].join(end)));

  expect(windows._digest).toBe(unix._digest);
  windows._copyTo(path.join(folder, 'windows'));
  expect(readFileSync(path.join(folder, 'windows.mjs'), 'utf8')).toBe('// nothing\nexport default () => ({});\n');
});

test('two outboxes of one app each get their own mapping', () => {
  const app = new App({ outdir: mkdtempSync(path.join(folder, 'out-')) });
  const stack = new Stack(app, 'Stack');
  for (const name of ['A', 'B']) {
    const mapping = EventMapping.fromInline(`export default () => ({ from: '${name}' });`);
    new OutboxTable(stack, name, { partitionKey: KEY, destination: { ...DESTINATION, mapping } });
  }
  const { directory } = app.synth();
  const assets = readdirSync(directory).filter((name) => name.startsWith('asset.'));
  const codes = assets.map((asset) => readFileSync(path.join(directory, asset, 'mapping-1.mjs'), 'utf8'));

  expect(codes.sort()).toEqual(['A', 'A', 'B', 'B'].map((name) => `export default () => ({ from: '${name}' });`));
});

test('fails when a text has a value that is known at deployment only, because files are not resolved', () => {
  expect(errorOf(() => EventMapping.fromInline(`export default () => ({ region: '${Aws.REGION}' });`))).toBe(
    'an event mapping must be known when the app is synthesized, got text with a value that is known at deployment only: write the value itself',
  );
});

test.each<[string, (value: never) => EventMapping, string]>([
  ['file', EventMapping.fromFile, 'the path of a file'],
  ['folder', EventMapping.fromAsset, 'the path of a folder'],
  ['text', EventMapping.fromInline, 'the text of an ES module'],
])('fails when the %s is none, which compilers refuse', (_, from, what) => {
  expect(errorOf(() => from(undefined as never))).toBe(`an event mapping must be made of ${what}, got undefined: give a text`);
  expect(errorOf(() => from(5 as never))).toBe(`an event mapping must be made of ${what}, got 5: give a text`);
});

test('fails when the folder has no index.mjs', () => {
  expect(errorOf(() => EventMapping.fromAsset(folder))).toBe(`an event mapping must be a folder with an index.mjs, got ${JSON.stringify(folder)}, which is ${folder}`);
});

test('fails when the file is not there', () => {
  expect(errorOf(() => EventMapping.fromFile('/nowhere/map.mjs'))).toBe('an event mapping must be a file that exists, got "/nowhere/map.mjs", which is /nowhere/map.mjs');
});

test('fails when the file is no ES module by its name', () => {
  const file = path.join(folder, 'map.ts');
  writeFileSync(file, '');

  expect(errorOf(() => EventMapping.fromFile(file))).toBe(`an event mapping must be an ES module whose name ends with .mjs, got ${JSON.stringify(file)}`);
});

test.each([
  ['as it is written by hand', 'export default ({ newItem }) => newItem;'],
  ['as esbuild writes it', 'var map = () => ({});\nexport {\n  other,\n  map as default\n};\n'],
  ['as minifiers write it', 'var r=()=>({});export{r as default};'],
  ['from another module', "export { default } from './chunk.mjs';"],
  ['as another module', "export * as default from './chunk.mjs';"],
  ['behind texts that look like comments', "const url = 'https://example.org', any = '/*'; export default () => ({ url, any });"],
  ['in a module that cannot be parsed here', 'export default ({ newItem }: Input) => newItem;'],
])('a default export is seen %s', (_, code) => {
  expect(() => EventMapping.fromInline(code)).not.toThrow();
});

test.each([
  ['is empty', '', '""'],
  ['is blank', ' \n ', '" \\n "'],
  ['exports by a name only', 'export const map = () => ({ default: 1 });', '"export const map = () => ({ default: 1 });"'],
  ['exports a list of other names', 'const a = 1; export { a }; const byDefault = { default: 1 };', '"const a = 1; export { a }; const byDefault = { default: 1 };"'],
  ['exports as CommonJS does', 'module.exports = () => ({});', '"module.exports = () => ({});"'],
  ['has it in a comment only', '// export default () => ({});', '"// export default () => ({});"'],
  ['has it in a longer comment only', 'const a = 1; /* export default a */', '"const a = 1; /* export default a */"'],
  ['has it in a text only', 'export const a = "export default";', '"export const a = \\"export default\\";"'],
  ['exports nothing and is long', 'x'.repeat(100), `"${'x'.repeat(80)}..."`],
])('fails when the text %s', (_, code, quoted) => {
  expect(errorOf(() => EventMapping.fromInline(code))).toBe(
    `an event mapping must be an ES module with a default export, got none in the text ${quoted}: write \`export default\` before the function`,
  );
});

test('fails when the default export is asynchronous', () => {
  expect(errorOf(() => EventMapping.fromInline('export default async () => ({});'))).toBe(
    'an event mapping must not be asynchronous, got `export default async` in the text "export default async () => ({});": ' +
      'events are made one after the other, in order',
  );
});

test('fails when the module of a file or of a folder has no default export', () => {
  const directory = mkdtempSync(path.join(folder, 'silent-'));
  const file = path.join(directory, 'index.mjs');
  writeFileSync(file, 'export const map = () => ({});');

  expect(errorOf(() => EventMapping.fromFile(file))).toContain(`a default export, got none in the file ${JSON.stringify(file)}: write`);
  expect(errorOf(() => EventMapping.fromAsset(directory))).toContain(`a default export, got none in the index.mjs of ${JSON.stringify(directory)}: write`);
});

test('fails when the index.mjs of a folder is no file', () => {
  const directory = mkdtempSync(path.join(folder, 'nested-'));
  mkdirSync(path.join(directory, 'index.mjs'));

  expect(errorOf(() => EventMapping.fromAsset(directory))).toContain('must be a folder with an index.mjs');
});
