// What DynamoDB itself allows: the requests of the requeue again, by the same client, with nothing between them. Argument: file of the requests.
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import type { Drain } from './drain-main.ts';
import type { Call } from './recorder.ts';

/** As many requests at the same time as the requeue has. */
const AT_ONCE = 25;

type Command = ConstructorParameters<typeof dynamodb.GetItemCommand>[0];

const commands = dynamodb as unknown as Record<string, new (input: Command) => dynamodb.GetItemCommand>;
const client = new dynamodb.DynamoDBClient({});
// Each with a token of its own: DynamoDB does a transaction once only that it knows by its token.
const calls = (JSON.parse(readFileSync(process.argv[2], 'utf8')) as Call[]).map(
  ({ operation, input }) => new commands[`${operation}Command`]({ ...(JSON.parse(input) as Command), ClientRequestToken: undefined } as Command),
);

let next = 0;

async function worker(): Promise<void> {
  while (next < calls.length) {
    // A condition that does not hold is an answer like any other.
    await client.send(calls[next++]).catch((error: unknown) => {
      if (!(error instanceof dynamodb.DynamoDBServiceException)) {
        throw error;
      }
    });
  }
}

async function replay(): Promise<Drain> {
  next = 0;
  const start = performance.now();
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { elapsedMs: performance.now() - start, memoryMiB: process.resourceUsage().maxRSS / 1024 };
}

process.on('message', () => {
  void replay().then((result) => process.send?.(result));
});
process.on('disconnect', () => process.exit());
