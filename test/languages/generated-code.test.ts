import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

interface Assembly {
  readonly types: Record<string, { readonly name: string; readonly kind: string }>;
}

const TYPES = Object.values((JSON.parse(readFileSync(path.join(ROOT, '.jsii'), 'utf8')) as Assembly).types);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'outbox-code-'));
  execFileSync('node', ['scripts/packed-package.mjs', folder], { cwd: ROOT, stdio: 'pipe' });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** All sources of a language, as one text. */
function code(language: string, extension: string): string {
  const root = path.join(folder, 'code', language);
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(extension))
    .map((file) => readFileSync(path.join(root, file), 'utf8'))
    .join('\n');
}

test.each([
  ['Python', 'python', '.py', (name: string) => `^class ${name}[(:]`],
  ['Java', 'java', '.java', (name: string) => `^public (abstract )?(class|interface|enum) ${name} `],
  ['Go', 'go', '.go', (name: string) => `^type ${name} (struct|interface|string) ?`],
  ['.NET', 'dotnet', '.cs', (name: string) => `^\\s+public (abstract )?(class|interface|enum) ${name}\\b`],
])('%s gets every type of the library', (_, language, extension, definition) => {
  const text = code(language, extension);

  expect(TYPES.length).toBeGreaterThan(20);
  expect(TYPES.map(({ name }) => name).filter((name) => !new RegExp(definition(name), 'm').test(text))).toEqual([]);
});

test('the packages have the names that package.json gives them', () => {
  const names = (file: string): string => readFileSync(path.join(folder, 'code', file), 'utf8');

  expect(names('python/setup.py')).toContain('"name": "cdk-outbox-table"');
  expect(names('java/pom.xml')).toContain('<groupId>io.github.cdkoutboxtable</groupId>');
  expect(names('go/cdkoutboxtable/go.mod')).toMatch(/^module github\.com\/cdk-outbox-table\/cdk-outbox-table-go\/cdkoutboxtable\n/);
  expect(names('dotnet/CdkOutboxTable/CdkOutboxTable.csproj')).toContain('<PackageId>CdkOutboxTable</PackageId>');
});
