import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The histories here, always the same ones; `npm run simulate -- --runs 1000000` runs others, and more. */
const HISTORIES = 4_000;
const SEED = 20_260_102;

test('whatever fails and whoever comes first: nothing is lost, the order is kept, and each item ends with its newest state', async () => {
  const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', 'test/simulation/main.ts', '--runs', String(HISTORIES), '--size', '16', '--seed', String(SEED)];
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
