import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { bundleMutant } from './mutant.ts';
import { MUTATIONS } from './mutations.ts';

/** Decides which histories there are. */
const SEED = 7;
const SIZE = 16;

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'mutants-'));
});
afterAll(() => rm(folder, { recursive: true }));

test.each(MUTATIONS.map((mutation) => ({ ...mutation, mutation })))('the simulation finds within $within histories that $name', async ({ mutation, within }) => {
  const file = path.join(folder, 'mutant.mjs');
  await bundleMutant(file, mutation);
  const { stdout } = await promisify(execFile)(process.execPath, [file, String(within), String(SEED), String(SIZE)]);
  expect(JSON.parse(stdout)).toMatchObject({ failedAt: expect.any(Number) as number, why: expect.stringMatching(/^BrokenPromise|does not come to an end/) as string });
});

test('fails when the code that a mutation replaces is not there', async () => {
  const [mutation] = MUTATIONS;
  await expect(bundleMutant(path.join(folder, 'none.mjs'), { ...mutation, replacements: [['no such code', '']] })).rejects.toThrow('must hold this exactly once, but has it 0 times: no such code');
});
