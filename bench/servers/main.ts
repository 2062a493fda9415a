// The process that stands in for Nakadi and AWS: what it costs to answer is not counted for those who ask.
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { NakadiSink, type SinkMode } from './nakadi-sink.ts';

const sink = new NakadiSink();

/** DynamoDB and SQS that hold nothing: no announcement, no message. */
const emptyAws = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end('{}');
  });
});

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

process.on('message', (mode: SinkMode | 'report') => {
  if (mode === 'report') {
    process.send?.(sink.report());
  } else {
    sink.reset(mode);
    process.send?.('reset');
  }
});
process.on('disconnect', () => process.exit());
process.send?.({ nakadi: await listen(sink.server), aws: await listen(emptyAws) });
