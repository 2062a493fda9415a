import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** The modules that each source below a folder imports. */
function importsBelow(folder: string): [string, string][] {
  return readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => path.posix.join(folder, file.split(path.sep).join('/')))
    .flatMap((file) => {
      const source = readFileSync(path.join(ROOT, file), 'utf8');
      return [...source.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*)'([^']+)'/g)].map(([, module]): [string, string] => [file, module]);
    });
}

const resolve = ([file, module]: [string, string]): string => (module.startsWith('.') ? path.posix.join(path.posix.dirname(file), module) : module);

test('the contract between construct and handlers imports nothing', () => {
  expect(importsBelow('lib').filter(([file]) => file === 'lib/private/handler-contract.ts')).toEqual([]);
});

test('the core of the handlers imports only itself, the contract, rfc6902 and what computes without a machine', () => {
  const foreign = importsBelow('lambda/core')
    .map(resolve)
    .filter((module) => !module.startsWith('lambda/core/') && module !== 'lib/private/handler-contract.ts');

  expect([...new Set(foreign)].sort()).toEqual(['node:crypto', 'node:zlib', 'rfc6902/diff.js', 'rfc6902/pointer.js']);
});

test('the handlers meet the library in the contract only', () => {
  const shared = importsBelow('lambda').map(resolve).filter((module) => module.startsWith('lib/') || module.startsWith('aws-cdk-lib'));

  expect([...new Set(shared)]).toEqual(['lib/private/handler-contract.ts']);
});

test('the library imports neither handlers nor anything but its peers', () => {
  const foreign = importsBelow('lib').map(resolve).filter((module) => !module.startsWith('lib/'));

  expect(foreign.filter((module) => !/^(aws-cdk-lib(\/(aws-[a-z0-9]+|assertions))?|constructs|node:(child_process|crypto|fs|path))$/.test(module))).toEqual([]);
});

test('the command imports itself, core, adapters and contract, clients of DynamoDB and what Node has; nobody imports it', () => {
  const foreign = importsBelow('cli').map(resolve).filter((module) => !/^(cli\/|lambda\/core\/|lambda\/adapters\/|lib\/private\/handler-contract\.ts$)/.test(module));
  expect(foreign.filter((module) => !/^(node:[a-z/]+|@aws-sdk\/(client-dynamodb|lib-dynamodb)|@smithy\/[a-z-]+)$/.test(module))).toEqual([]);

  const users = ['lib', 'lambda', 'local'].flatMap(importsBelow).map(resolve).filter((module) => module.startsWith('cli/'));
  expect(users).toEqual([]);
});

test('the local runtime, the stand-in and the scenario know nothing of the handlers or the library', () => {
  const inside = ['local/runtime', 'local/nakadi', 'local/scenario']
    .flatMap(importsBelow)
    .map(resolve)
    .filter((module) => /^(lib|lambda)\//.test(module) || module === 'cdk-outbox-table');

  expect(inside).toEqual([]);
});
