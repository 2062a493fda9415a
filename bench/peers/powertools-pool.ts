import { Agent, request } from 'node:http';
import { eventsUrl, type Contender } from '../contenders/contender.ts';
import { powertoolsRelay } from './powertools-relay.ts';

/** `fetch` opens a connection for each record of a batch, and a function has 1,024 file descriptors: a team that met this limits them. */
const agent = new Agent({ keepAlive: true, maxSockets: 50 });

/** The same relay on Powertools over a small pool of connections. */
const powertoolsPool: Contender = (targets, payloads) => {
  const url = eventsUrl(targets);
  return Promise.resolve(powertoolsRelay((event) => post(url, JSON.stringify([event])), payloads));
};

function post(url: string, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.on('end', () => {
        if (response.statusCode === 200) {
          resolve();
        } else {
          reject(new Error(`Nakadi answered ${String(response.statusCode)}`));
        }
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

export default powertoolsPool;
