import { parseArgs } from 'node:util';
import { NakadiStandIn } from './nakadi-stand-in.ts';

/**
 * Runs a stand-in for Nakadi until it is interrupted: `node local/nakadi/main.ts --port 8080`.
 *
 * Its one line of output is JSON: `{"url": "http://127.0.0.1:8080"}`.
 */
const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '0' },
    partitions: { type: 'string', default: '4' },
    token: { type: 'string', multiple: true, default: [] },
    client: { type: 'string', multiple: true, default: [] },
  },
});

const nakadi = await NakadiStandIn.start({
  port: Number(values.port),
  partitions: Number(values.partitions),
  tokens: values.token,
  clients: values.client.map((client) => {
    const [id, ...secret] = client.split(':');
    return { id, secret: secret.join(':') };
  }),
});
console.log(JSON.stringify({ url: nakadi.url }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void nakadi.stop());
