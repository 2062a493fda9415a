import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeadlyCalls } from '../../../lambda/adapters/deadly-calls';

let folder: string;
let file: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'deadly-calls-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  file = path.join(mkdtempSync(path.join(folder, 'test-')), 'calls');
});

/** What the next process knows. */
const next = (): DeadlyCalls => new DeadlyCalls(file);
const known = (calls: DeadlyCalls, ...names: string[]): boolean[] =>
  names.map((name) => {
    const ended = calls.begin(name);
    ended?.();
    return ended === undefined;
  });

test('a call that was under way when the process ended is deadly, one that has ended is not', () => {
  const calls = next();
  calls.begin('a')?.();
  calls.begin('b');
  expect(known(next(), 'a', 'b', 'c')).toEqual([false, true, false]);
});

test('what is deadly stays so, however many processes end', () => {
  next().begin('a');
  next().begin('b');
  next().begin('c')?.();
  expect(known(next(), 'a', 'b', 'c')).toEqual([true, true, false]);
});

test('a call that was given up is under way until its thread has ended', () => {
  const calls = next();
  const ended = calls.begin('given up');
  calls.begin('another')?.();
  expect(known(next(), 'given up', 'another')).toEqual([true, false]);
  ended?.();
});

test('more calls than there are places for are not all known, and harm nobody', () => {
  const calls = next();
  const names = Array.from({ length: 9 }, (_, index) => `call ${index}`);
  names.forEach((name) => calls.begin(name));
  calls.begin('done')?.();
  expect(known(next(), 'call 0', 'call 1', 'call 2', 'done')).toEqual([true, true, true, false]);
});

test('a file that holds something else counts as empty', () => {
  writeFileSync(file, 'no digest');
  expect(known(next(), 'a')).toEqual([false]);
});
