import { GetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ANNOUNCEMENTS, rowKey } from './parked-event-rows.ts';

/** What the client hands to its connection. */
type SignedRequest = Parameters<DynamoDBClient['config']['requestHandler']['handle']>[0];

/** How long a signed request is sent again, in milliseconds: AWS takes it for five minutes. */
const SIGNED_FOR_MS = 60_000;

/**
 * Tells whether a stream has announced that it parks records. Each batch asks, and mostly nothing else of AWS.
 *
 * The question is the same each time, so the request that the client has signed is sent again for a minute, over the client's own connection: that takes a
 * quarter of what the client takes. Whatever is no plain answer to it is left to the client, with its tries and its errors. What the client wrote into the
 * head of the request goes out again, too: the trace that it names may be that of an earlier batch.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_aws-signing.html
 */
export function announcements(client: DynamoDBClient, table: string, now: () => number): (streamArn: string) => Promise<boolean> {
  let kept: { readonly streamArn: string; readonly request: SignedRequest; readonly signedAt: number } | undefined;

  const ask = async (streamArn: string): Promise<boolean> => {
    const signedAt = now();
    const key = Object.entries(rowKey(ANNOUNCEMENTS, streamArn)).map(([name, value]) => [name, { S: value }]);
    const command = new GetItemCommand({ TableName: table, Key: Object.fromEntries(key), ConsistentRead: true });
    // Innermost: what comes there is what is sent.
    command.middlewareStack.add(
      (next) => async (args) => {
        const answer = await next(args);
        kept = (answer.response as { readonly statusCode: number }).statusCode === 200 ? { streamArn, request: args.request as SignedRequest, signedAt } : undefined;
        return answer;
      },
      { step: 'deserialize', priority: 'low', name: 'keepRequest' },
    );
    return (await client.send(command)).Item !== undefined;
  };

  /** Undefined where that gives no plain answer. */
  const askAgain = async (request: SignedRequest): Promise<boolean | undefined> => {
    try {
      const { response } = await client.config.requestHandler.handle(request);
      const body = await client.config.streamCollector(response.body);
      const answer = JSON.parse(client.config.utf8Encoder(body)) as { readonly Item?: unknown };
      return response.statusCode === 200 ? answer.Item !== undefined : undefined;
    } catch {
      return undefined;
    }
  };

  return async (streamArn) => {
    const last = kept;
    kept = undefined;
    if (last?.streamArn === streamArn && now() - last.signedAt < SIGNED_FOR_MS) {
      const answer = await askAgain(last.request);
      if (answer !== undefined) {
        kept = last;
        return answer;
      }
    }
    return ask(streamArn);
  };
}
