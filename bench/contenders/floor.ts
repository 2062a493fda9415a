import { once } from 'node:events';
import { connect } from 'node:net';
import { dataChangeEvent } from '../peers/data-change.ts';
import { eventsUrl, type Contender, type StreamEvent } from './contender.ts';

/**
 * What no relay can do without: decode and parse the invocation's payload, and send as many bytes as its events have. The bytes are made before
 * anything is measured, and go to a bare socket.
 */
const floor: Contender = async (targets, payloads) => {
  const url = new URL(eventsUrl(targets));
  const requests = payloads.map((payload) => finishedRequest(url, JSON.parse(payload.toString()) as StreamEvent));
  const socket = connect(Number(url.port), url.hostname);
  await once(socket, 'connect');
  socket.setNoDelay(true);
  return async (payload) => {
    const { Records } = JSON.parse(payloads[payload].toString()) as StreamEvent;
    const answer = once(socket, 'data');
    socket.write(requests[payload]);
    const [head] = (await answer) as [Buffer];
    if (Records.length === 0 || !head.toString('latin1').startsWith('HTTP/1.1 200')) {
      throw new Error('the floor got no answer');
    }
  };
};

function finishedRequest(url: URL, { Records }: StreamEvent): Buffer {
  const body = Buffer.from(JSON.stringify(Records.map((record) => dataChangeEvent(record, shortPatch))));
  const head = `POST ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), body]);
}

/** As long as a good patch is: an operation for each attribute that is another, and one line for a list. */
function shortPatch(before: Readonly<Record<string, unknown>>, after: Readonly<Record<string, unknown>>): unknown[] {
  return Object.keys(after).flatMap((name) => {
    const [old, value] = [before[name], after[name]];
    if (JSON.stringify(old) === JSON.stringify(value)) {
      return [];
    }
    return Array.isArray(value) ? [{ op: 'add', path: `/${name}/0`, value: value[0] as unknown }] : [{ op: 'replace', path: `/${name}`, value }];
  });
}

export default floor;
