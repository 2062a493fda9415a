import { join } from 'node:path';
import type { Guardian } from './guardian.ts';
import { freePort } from './port.ts';
import { packageFolder, ServiceProcess } from './service-process.ts';

/** The SQS service: fauxqs, in memory. */
export class Fauxqs {
  readonly #process: ServiceProcess;
  readonly endpoint: string;

  private constructor(process: ServiceProcess, endpoint: string) {
    this.#process = process;
    this.endpoint = endpoint;
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /**
   * @param wantedPort - any free one when absent.
   * @throws ServiceError where the port is taken.
   */
  static async start(wantedPort: number | undefined, region: string, guardian: Guardian): Promise<Fauxqs> {
    const port = await freePort(wantedPort, 'ports.sqs');
    const endpoint = `http://127.0.0.1:${String(port)}`;
    const process = await ServiceProcess.start({
      name: 'fauxqs',
      command: globalThis.process.execPath,
      args: [join(packageFolder('fauxqs'), 'dist', 'server.js')],
      env: { FAUXQS_PORT: String(port), FAUXQS_DEFAULT_REGION: region, FAUXQS_LOGGER: 'false' },
      ready: async () => {
        const health = await fetch(`${endpoint}/health`, { signal: AbortSignal.timeout(2000) });
        if (!health.ok) throw new Error(`health check answered ${String(health.status)}`);
      },
      deadline: 30_000,
      explain: (output) => output.includes('EADDRINUSE') ? `port ${String(port)} is taken; choose another one with the option ports.sqs` : undefined,
    }, guardian);
    return new Fauxqs(process, endpoint);
  }

  async stop(): Promise<void> {
    await this.#process.stop();
  }
}
