import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Stack } from 'aws-cdk-lib';
import { Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { moduleCode, removeFolders, synth, temporaryFolder } from './synth';

afterAll(removeFolders);

interface Started {
  readonly pids: number[];
  readonly taskRoot: string;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

// Everything a runtime starts: DynamoDB Local, fauxqs, a guardian, and a function in a busy loop.
test.each<[string, NodeJS.Signals | 'crash' | 'stop']>([
  ['is stopped', 'stop'], ['gets Ctrl-C', 'SIGINT'], ['is killed', 'SIGKILL'], ['crashes', 'crash'],
])('no process and no file is left when the program %s', async (_, end) => {
  const assembly = synth((app) => {
    new Function(new Stack(app, 'S'), 'F', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: moduleCode('export const handler = async (event) => { if (event.loop) for (;;); return process.env.LAMBDA_TASK_ROOT; };') });
  });
  const program = join(temporaryFolder(), 'program.mjs');
  writeFileSync(program, `
    import { LocalRuntime } from ${JSON.stringify(join(__dirname, '../../../local/runtime/index.ts'))};
    const runtime = await LocalRuntime.start({ assembly: ${JSON.stringify(assembly)} });
    const { payload: taskRoot } = await runtime.invoke('S/F');
    void runtime.invoke('S/F', { loop: true });
    console.log(JSON.stringify({ pids: runtime.processIds, taskRoot }));
    process.stdin.once('data', async (order) => {
      if (String(order) === 'crash') throw new Error('crash');
      await runtime.stop();
      process.stdin.destroy();
    });
  `);
  const child = spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'ignore'], detached: true });
  const [line] = await once(createInterface({ input: child.stdout }), 'line') as [string];
  const { pids, taskRoot } = JSON.parse(line) as Started;
  expect(pids).toHaveLength(4);
  expect(pids.every(alive)).toBe(true);
  const exit = once(child, 'exit');
  if (end === 'crash' || end === 'stop') child.stdin.write(end);
  // The whole process group, as a terminal or a CI runner does it.
  else process.kill(-child.pid!, end);
  await exit;
  const deadline = Date.now() + 5000;
  while ((pids.some(alive) || existsSync(taskRoot)) && Date.now() < deadline) await new Promise((resolve) => { setTimeout(resolve, 20); });
  expect(pids.filter(alive)).toEqual([]);
  expect(existsSync(taskRoot)).toBe(false);
});
