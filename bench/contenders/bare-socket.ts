import { once } from 'node:events';
import { connect } from 'node:net';
import { eventsUrl, type Targets } from './contender.ts';

/** Sends the body of a request over one bare socket; throws where the answer is another than 200. */
export type Send = (body: Buffer) => Promise<void>;

export async function bareSocket(targets: Targets): Promise<Send> {
  const url = new URL(eventsUrl(targets));
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  return async (body) => {
    const answer = once(socket, 'data');
    socket.cork();
    socket.write(`POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`);
    socket.write(body);
    socket.uncork();
    const [head] = (await answer) as [Buffer];
    if (!head.toString('latin1').startsWith('HTTP/1.1 200')) {
      throw new Error('a bare socket got another answer than 200');
    }
  };
}
