import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { ServiceError } from './errors.ts';

/**
 * Makes sure that a port of this machine is free, or finds a free one.
 * @param wanted - the port; any free one when absent.
 * @param option - the name of the option that chooses it, for the error text.
 * @throws ServiceError where the wanted port is taken.
 */
export async function freePort(wanted: number | undefined, option: string): Promise<number> {
  const server = createServer();
  server.listen(wanted ?? 0, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new ServiceError(`port ${String(wanted)} is taken; choose another one with the option ${option}, or none to get a free one`, { cause });
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
