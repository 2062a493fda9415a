import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * Processor time that a new Node.js takes to start and to import a module, in milliseconds.
 *
 * @param module absolute path; none is imported where it is left out
 */
export async function importCost(module: string | undefined, env: Readonly<Record<string, string>>): Promise<number> {
  const tell = 'const{user,system}=process.cpuUsage();process.stdout.write(String((user+system)/1000));process.exit()';
  const script = module === undefined ? tell : `await import(${JSON.stringify(module)});${tell}`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { env: { PATH: process.env.PATH, ...env } });
  return Number(stdout);
}
