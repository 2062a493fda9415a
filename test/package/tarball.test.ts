import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** Ceilings in bytes. What passes them was not meant to get in: look at what the bundle imports before raising one. */
const LARGEST = {
  tarball: 560_000,
  command: 425_000,
  worker: 4_200,
  relay: { index: 60_000, chunks: 280_000 },
  requeue: { index: 170_000, chunks: 220_000 },
} as const;

interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly files: readonly { readonly path: string; readonly size: number; readonly mode: number }[];
}

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-tarball-'));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

const app = path.join(folder, 'app');
let packed: Packed;

/** Packs the library as it is, and installs it, without the network, into an app that has nothing but its peers. */
beforeAll(() => {
  const npm = (cwd: string, ...args: string[]): string => execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  [packed] = JSON.parse(npm(ROOT, 'pack', '--json', '--pack-destination', folder)) as [Packed];
  mkdirSync(app);
  writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  npm(app, 'install', '--offline', '--legacy-peer-deps', '--no-audit', '--no-fund', path.join(folder, packed.filename));
  for (const peer of ['aws-cdk-lib', 'constructs']) {
    symlinkSync(path.join(ROOT, 'node_modules', peer), path.join(app, 'node_modules', peer));
  }
});

const sizes = (pattern: RegExp): number[] => packed.files.filter((file) => pattern.test(file.path)).map(({ size }) => size);
const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('the tarball', () => {
  test('holds what it needs and nothing else', () => {
    const EXPECTED = [
      /^(\.jsii|package\.json|README\.md|API\.md|CHANGELOG\.md|LICENSE)$/,
      /^lib\/(private\/)?[a-z-]+\.(js|d\.ts)$/,
      /^lambda\/dist\/(relay|requeue)\/(index|worker|chunk-[0-9A-Z]{8})\.mjs$/,
      /^cli\/dist\/cdk-outbox-table\.mjs$/,
    ];

    expect(packed.files.map((file) => file.path).filter((file) => !EXPECTED.some((pattern) => pattern.test(file)))).toEqual([]);
    expect(EXPECTED.map((pattern) => sizes(pattern).length > 0)).toEqual([true, true, true, true]);
  });

  test('holds each module of the library, and none that has no source any more', () => {
    const sources = readdirSync(path.join(ROOT, 'lib'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
    const modules = (suffix: string): string[] => packed.files.map((file) => file.path).filter((file) => file.startsWith('lib/') && file.endsWith(suffix));

    for (const suffix of ['.js', '.d.ts']) {
      expect(modules(suffix).sort()).toEqual(sources.map((file) => `lib/${file.split(path.sep).join('/').replace(/\.ts$/, suffix)}`).sort());
    }
  });

  test('holds a command that can be started', () => {
    expect(packed.files.filter((file) => file.path.startsWith('cli/')).map(({ mode }) => mode & 0o111)).toEqual([0o111]);
    expect(execFileSync(path.join(app, 'node_modules', '.bin', 'cdk-outbox-table'), ['--help'], { encoding: 'utf8' })).toContain('parked list');
  });

  test('names no folder of this machine', () => {
    const installed = path.join(app, 'node_modules', 'cdk-outbox-table');

    expect(packed.files.filter((file) => readFileSync(path.join(installed, file.path), 'utf8').includes(ROOT)).map((file) => file.path)).toEqual([]);
  });

  test('is no larger than it was meant to be', () => {
    expect(packed.size).toBeLessThan(LARGEST.tarball);
    expect(sum(sizes(/^cli\//))).toBeLessThan(LARGEST.command);
  });

  test.each(['relay', 'requeue'] as const)('holds a %s that starts fast: no more than it was meant to be', (name) => {
    expect(sum(sizes(new RegExp(`^lambda/dist/${name}/index`)))).toBeLessThan(LARGEST[name].index);
    expect(sum(sizes(new RegExp(`^lambda/dist/${name}/chunk-`)))).toBeLessThan(LARGEST[name].chunks);
    expect(sum(sizes(new RegExp(`^lambda/dist/${name}/worker`)))).toBeLessThan(LARGEST.worker);
  });
});

describe('an empty app with the package', () => {
  /** README's example as an app: its imports, and the rest in a stack. */
  function readmeApp(): string {
    const [, example] = /^```ts\b[^\n]*\n([^]*?)^```$/m.exec(readFileSync(path.join(ROOT, 'README.md'), 'utf8')) as RegExpExecArray;
    const lines = example.split('\n');
    const imports = lines.filter((line) => line.startsWith('import '));
    const rest = lines.filter((line) => !line.startsWith('import '));
    return [
      "import { App, Stack } from 'aws-cdk-lib';",
      ...imports,
      'class Example extends Stack {',
      '  constructor(scope: App, id: string) {',
      '    super(scope, id);',
      ...rest,
      '  }',
      '}',
      "new Example(new App({ outdir: 'cdk.out' }), 'Example').node.root.synth();",
    ].join('\n');
  }

  test("synthesizes README's example, with the bundles of the package", () => {
    writeFileSync(path.join(app, 'app.ts'), readmeApp());
    execFileSync(process.execPath, ['app.ts'], { cwd: app, stdio: 'pipe' });

    const out = path.join(app, 'cdk.out');
    const template = JSON.parse(readFileSync(path.join(out, 'Example.template.json'), 'utf8')) as { Resources: Record<string, { Type: string }> };
    const types = Object.values(template.Resources).map(({ Type }) => Type);
    expect(types.filter((type) => ['AWS::Lambda::Function', 'AWS::DynamoDB::GlobalTable', 'AWS::SQS::Queue', 'AWS::Lambda::EventSourceMapping'].includes(type)).sort()).toEqual([
      'AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::GlobalTable', 'AWS::Lambda::EventSourceMapping', 'AWS::Lambda::Function', 'AWS::Lambda::Function', 'AWS::SQS::Queue',
    ]);

    const bundles = ['relay', 'requeue'].map((name) => readFileSync(path.join(ROOT, 'lambda', 'dist', name, 'index.mjs'), 'utf8'));
    const assets = readdirSync(out).filter((name) => name.startsWith('asset.')).map((name) => readFileSync(path.join(out, name, 'index.mjs'), 'utf8'));
    expect(assets.sort()).toEqual(bundles.sort());
  });

  test('shows with the command what events of its outbox look like', () => {
    const KEYS = { customerId: { S: 'C-7' }, orderId: { S: 'A-1' } };
    writeFileSync(path.join(app, 'record.json'), JSON.stringify({ eventName: 'INSERT', dynamodb: { Keys: KEYS, NewImage: { ...KEYS, total: { N: '49.90' } } } }));
    const args = ['event', 'record.json', '--template', path.join('cdk.out', 'Example.template.json')];
    const shown = execFileSync(path.join(app, 'node_modules', '.bin', 'cdk-outbox-table'), args, { cwd: app, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

    expect(JSON.parse(shown)).toMatchObject({ data_type: 'order-store.order-changed', data_op: 'C', data: { customerId: 'C-7', orderId: 'A-1', total: 49.9 } });
  });

  test('finds all that the package says it has', () => {
    const { exports } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as { exports: Record<string, unknown> };
    const targets = Object.values(exports).flatMap((target) => (typeof target === 'string' ? [target] : Object.values(target as Record<string, string>)));

    expect(targets.map((target) => path.posix.normalize(target)).filter((target) => !packed.files.some((file) => file.path === target))).toEqual([]);
  });
});
