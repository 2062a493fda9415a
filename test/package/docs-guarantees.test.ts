import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = path.join(__dirname, '..', '..', 'docs');
const page = readFileSync(path.join(FOLDER, 'guarantees.md'), 'utf8');
const promises = page.split('\n').filter((line) => line.startsWith('| **'));

test.each([...new Set([...page.matchAll(/\]\((\.\.[^)]+)\)/g)].map(([, file]) => file))])('docs/guarantees.md names a file that is there: %s', (file) => {
  expect(existsSync(path.join(FOLDER, file))).toBe(true);
});

test('docs/guarantees.md names a test for each promise', () => {
  expect(promises.length).toBeGreaterThan(5);
  expect(promises.filter((line) => !/\.test\.ts\) \|$/.test(line))).toEqual([]);
});
