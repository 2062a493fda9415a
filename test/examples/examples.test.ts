import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');
const NAMES = readdirSync(EXAMPLES).filter((name) => existsSync(path.join(EXAMPLES, name, 'cdk.json')));

const read = (...file: string[]): string => readFileSync(path.join(EXAMPLES, ...file), 'utf8');

interface Assembly {
  readonly artifacts: Record<string, { readonly type: string; readonly properties?: { readonly templateFile?: string } }>;
  readonly missing?: unknown[];
}

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(path.join(tmpdir(), 'outbox-example-'));
});
afterEach(() => {
  rmSync(outdir, { recursive: true, force: true });
});

test('there is an example for each way to use the library', () => {
  expect(NAMES).toEqual(['compacted-event-type', 'existing-table', 'minimal', 'monitoring', 'order-store', 'single-table-routes', 'vpc-and-keys']);
});

describe.each(NAMES)('the example %s', (name) => {
  test('has a readme with its name, and one paragraph', () => {
    const [title, ...paragraphs] = read(name, 'README.md').trim().split(/\n{2,}/);

    expect(title).toMatch(/^# \S/);
    expect(paragraphs).toHaveLength(1);
  });

  test('is synthesized by what its cdk.json says, without a warning, a look-up or a custom resource', async () => {
    const [command, ...args] = (JSON.parse(read(name, 'cdk.json')) as { app: string }).app.split(' ');
    const env = { ...process.env, CDK_OUTDIR: outdir };
    const { stdout, stderr } = await promisify(execFile)(command, args, { cwd: path.join(EXAMPLES, name), env });
    expect(stdout + stderr).toBe('');

    const manifest = readFileSync(path.join(outdir, 'manifest.json'), 'utf8');
    const { artifacts, missing = [] } = JSON.parse(manifest) as Assembly;
    expect(missing).toEqual([]);
    const metadata = readdirSync(outdir).filter((file) => file.endsWith('.metadata.json')).map((file) => readFileSync(path.join(outdir, file), 'utf8'));
    expect([manifest, ...metadata].join('').match(/"aws:cdk:(warning|error)",\s*"data": "[^"]*/g) ?? []).toEqual([]);

    const templates = Object.values(artifacts).flatMap(({ type, properties }) => (type === 'aws:cloudformation:stack' ? [properties?.templateFile ?? ''] : []));
    expect(templates).toHaveLength(1);
    expect(readFileSync(path.join(outdir, templates[0]), 'utf8')).not.toMatch(/"Type": "(Custom::|AWS::CloudFormation::CustomResource)/);
  });

  test('has a golden template that names no version of the handlers', () => {
    expect(read(name, '__snapshots__', `${name}.test.ts.snap`)).not.toMatch(/[0-9a-f]{64}/);
  });
});
