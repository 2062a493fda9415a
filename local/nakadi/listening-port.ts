import type { Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** The port of a server on 127.0.0.1, which can be closed for a while and opened again under the same number. */
export class ListeningPort {
  readonly number: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #spared = new WeakSet<Socket>();
  /** Settles when the port is as it was last wanted; opening and closing go one after the other. */
  #settled: Promise<void> = Promise.resolve();

  private constructor(server: Server) {
    this.#server = server;
    this.number = (server.address() as AddressInfo).port;
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Opens a port, a free one for 0. Rejects where it is taken. */
  static async open(server: Server, number: number): Promise<ListeningPort> {
    await listen(server, number);
    return new ListeningPort(server);
  }

  /** Opens the port, or closes it and cuts all connections that are not spared. */
  setOpen(open: boolean): Promise<void> {
    this.#settled = this.#settled.then(async () => {
      if (!open) await this.#close((socket) => !this.#spared.has(socket));
      else if (!this.#server.listening) await listen(this.#server, this.number);
    });
    return this.#settled;
  }

  /** Leaves a connection alone when the port is closed, until it ends by itself. */
  spare(socket: Socket): void {
    this.#spared.add(socket);
  }

  /** Closes the port and cuts all connections. */
  async end(): Promise<void> {
    await this.#settled;
    await this.#close(() => true);
  }

  #close(cuts: (socket: Socket) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      for (const socket of this.#sockets) if (cuts(socket)) socket.destroy();
    });
  }
}

function listen(server: Server, number: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(number, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}
