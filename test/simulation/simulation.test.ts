import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Histories here; `npm run simulate -- --runs 1000000` runs more. */
const HISTORIES = 4_000;

test('whatever fails and whoever comes first: nothing is lost, the order is kept, and each item ends with its newest state', async () => {
  const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'test/simulation/main.ts', '--runs', String(HISTORIES), '--size', '16'];
  const { stdout, failed } = await run(process.execPath, args, { maxBuffer: 2 ** 28 }).then(
    (output) => ({ ...output, failed: false }),
    (error: { stdout: string }) => ({ stdout: error.stdout, failed: true }),
  );
  expect({ failed, stdout }).toEqual({ failed: false, stdout: expect.stringMatching(/^4000 histories of up to 16 writes kept every promise/) as string });
});

test.each(['--runs=none', '--size=0', '--seed=1.5'])('fails when it is asked for %s', async (option) => {
  await expect(run(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'test/simulation/main.ts', option])).rejects.toMatchObject({
    code: 1,
    stdout: expect.stringContaining('Usage') as string,
  });
});
