import { dataChangeEvent } from '../peers/data-change.ts';
import { bareSocket } from './bare-socket.ts';
import { readPayload, type Contender, type StreamEvent } from './contender.ts';

/**
 * What no relay can do without: decode and parse the invocation's payload, and send as many bytes as its events have. The bytes are made before
 * anything is measured, and go to a bare socket.
 */
const floor: Contender = async (targets, payloads) => {
  const bodies = payloads.map((payload) => finishedBody(readPayload(payload)));
  const send = await bareSocket(targets);
  return async (payload) => {
    const { Records } = readPayload(payloads[payload]);
    await send(bodies[payload]);
    if (Records.length === 0) {
      throw new Error('the floor read no records');
    }
  };
};

function finishedBody({ Records }: StreamEvent): Buffer {
  return Buffer.from(JSON.stringify(Records.map((record) => dataChangeEvent(record, shortPatch))));
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
