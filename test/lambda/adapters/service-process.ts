import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** A service that runs as long as a test file does. */
export interface ServiceProcess {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/** Starts a service on a free port, and waits until it answers HTTP requests. */
export async function startService(command: (port: number) => { file: string; args: string[]; env?: Record<string, string> }): Promise<ServiceProcess> {
  const port = await freePort();
  const { file, args, env } = command(port);
  const child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.on('data', (text: Buffer) => (errors += text.toString()));
  child.on('error', (error) => (errors += error.message));
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    }
  };
  const endpoint = `http://127.0.0.1:${port}`;
  for (const end = Date.now() + 60_000; ; ) {
    if (child.exitCode !== null || Date.now() > end) {
      await stop();
      throw new Error(`${file} did not start: ${errors}`);
    }
    if (await fetch(endpoint, { signal: AbortSignal.timeout(2_000) }).then(() => true, () => false)) {
      return { endpoint, stop };
    }
    await setTimeout(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
