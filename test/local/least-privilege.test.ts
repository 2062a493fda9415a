import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { OutboxTable } from 'cdk-outbox-table';
import { NakadiStandIn } from '../../local/nakadi/nakadi-stand-in.ts';
import { DynamoDbLocal, localClient } from '../../local/runtime/dynamodb-local.ts';
import { Fauxqs } from '../../local/runtime/fauxqs.ts';
import { Guardian } from '../../local/runtime/guardian.ts';
import { LocalRuntime } from '../../local/runtime/index.ts';
import { RecordingProxy, type AwsCall } from './recording-proxy.ts';

const REGION = 'eu-central-1';
const EVENT_TYPE = 'orders';

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-least-privilege-'));
const closing: (() => unknown)[] = [() => { rmSync(folder, { recursive: true }); }];

let stack: Stack;
let outbox: OutboxTable;
let nakadi: NakadiStandIn;
let runtime: LocalRuntime;
let proxies: RecordingProxy[];
let client: DynamoDBClient;

/** An outbox whose functions tell who they are, and whose relay is killed for most of its batches, with a recorder before each service. */
beforeAll(async () => {
  const app = new App({ outdir: folder });
  stack = new Stack(app, 'Stack');
  outbox = new OutboxTable(stack, 'Orders', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    destination: { endpoint: 'https://nakadi.example.org', eventType: EVENT_TYPE },
    batchSize: 40,
    holdFor: Duration.seconds(0),
    retryBudget: Duration.seconds(1),
  });
  for (const [name, handler] of Object.entries({ relay: outbox.relay.relayFunction, requeue: outbox.relay.requeueFunction })) {
    (handler as LambdaFunction).addEnvironment('AWS_SDK_UA_APP_ID', name);
  }
  app.synth();

  const guardian = new Guardian();
  closing.unshift(() => guardian.stop());
  nakadi = await NakadiStandIn.start();
  closing.unshift(() => nakadi.stop());
  nakadi.createEventType({ name: EVENT_TYPE, category: 'data', schema: { type: 'json_schema', schema: '{"type":"object"}' } });
  const services = await Promise.all([DynamoDbLocal.start({}, guardian), Fauxqs.start(undefined, REGION, guardian)]);
  closing.unshift(...services.map((service) => () => service.stop()));
  proxies = await Promise.all(services.map(({ endpoint }) => RecordingProxy.start(endpoint)));
  closing.unshift(...proxies.map((proxy) => () => proxy.stop()));
  client = new DynamoDBClient(localClient(services[0].endpoint, REGION));
  closing.unshift(() => { client.destroy(); });
  runtime = await LocalRuntime.start({
    assembly: folder,
    endpoints: { dynamodb: proxies[0].url, sqs: proxies[1].url },
    addresses: { 'https://nakadi.example.org': nakadi.url },
    scheduleEvery: 1_000,
    retrySpacing: 10,
    faults: { killBeforeReturn: { probability: 0.7, seed: 1, function: 'Stack/Orders/Relay/Relay/Function' } },
  });
  closing.unshift(() => runtime.stop());
}, 90_000);

afterAll(async () => {
  for (const close of closing) {
    await close();
  }
});

/** Names of what statements and calls are about: `source`, `parked`, `index`, `stream` and `queue`. */
type What = 'source' | 'parked' | 'index' | 'stream' | 'queue';

const sorted = (set: Set<string>): string[] => [...set].sort();

/** What the template allows the role of a function to do, as `action what`. Logs are written by the platform. */
function allowed(handler: 'Relay' | 'Requeue'): Set<string> {
  const { table, relay } = outbox;
  const parked = relay.parkedEventsTable.tableArn;
  const resources: [unknown, What][] = [
    [table.tableArn, 'source'], [parked, 'parked'], [`${parked}/index/open-items`, 'index'], [table.tableStreamArn, 'stream'], [relay.deadLetterQueue.queueArn, 'queue'],
  ];
  const names = new Map(resources.map(([arn, name]) => [JSON.stringify(stack.resolve(arn)), name]));
  const prefix = { Relay: 'OrdersRelayRole', Requeue: 'OrdersRelayRequeueRole' }[handler];
  const actions = new Set<string>();
  for (const { Properties } of Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'))) {
    const { Roles, PolicyDocument } = Properties as { Roles: { Ref: string }[]; PolicyDocument: { Statement: { Action: string | string[]; Resource: unknown }[] } };
    for (const { Action, Resource } of Roles.some(({ Ref }) => Ref.startsWith(prefix)) ? PolicyDocument.Statement : []) {
      for (const action of [Action].flat().filter((each) => !each.startsWith('logs:'))) {
        [Resource].flat().forEach((resource) => actions.add(`${action} ${names.get(JSON.stringify(resource)) ?? JSON.stringify(resource)}`));
      }
    }
  }
  return actions;
}

interface Request {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly Statement?: string;
  readonly RequestItems?: Record<string, unknown>;
  readonly TransactItems?: Record<string, { readonly TableName: string }>[];
}

/** Actions that a call needs, as `action what`. A transaction needs those of its writes. */
function needed({ target, body }: AwsCall): string[] {
  const [service, operation] = target.split('.');
  if (service === 'AmazonSQS') {
    return [`sqs:${operation} queue`];
  }
  if (service.startsWith('DynamoDBStreams')) {
    return [`dynamodb:${operation} stream`];
  }
  const { TableName, IndexName, RequestItems, Statement, TransactItems } = body as Request;
  const what = (name: string): What | string => (name === runtime.resource('Stack/Orders/Table').ref ? 'source' : name === runtime.resource('Stack/Orders/Relay/ParkedEvents/Table').ref ? 'parked' : name);
  if (TransactItems !== undefined) {
    return TransactItems.flatMap((item) => Object.entries(item).map(([kind, { TableName: name }]) => `dynamodb:${kind === 'ConditionCheck' ? kind + 'Item' : `${kind}Item`} ${what(name)}`));
  }
  if (Statement !== undefined) {
    return [`dynamodb:PartiQLSelect ${what(/FROM "([^"]+)"/.exec(Statement)?.[1] ?? '')}`];
  }
  const tables = RequestItems === undefined ? [TableName ?? ''] : Object.keys(RequestItems);
  return tables.map((name) => `dynamodb:${operation} ${IndexName === undefined ? what(name) : 'index'}`);
}

/** What a function has needed so far; without a name: what the event source mapping has, in the name of the relay. */
function used(app?: 'relay' | 'requeue'): Set<string> {
  const calls = proxies.flatMap((proxy) => proxy.calls).filter((call) => call.app === app);
  return new Set(calls.flatMap(needed).filter((each) => app !== undefined || each.endsWith(' stream') || each === 'sqs:SendMessage queue'));
}

/** How many items wait. */
async function waiting(): Promise<number> {
  const { Count } = await client.send(
    new QueryCommand({
      TableName: runtime.resource('Stack/Orders/Relay/ParkedEvents/Table').ref,
      IndexName: 'open-items',
      KeyConditionExpression: '#open = :open',
      ExpressionAttributeNames: { '#open': 'open' },
      ExpressionAttributeValues: { ':open': { S: 'open' } },
    }),
  );
  return Count ?? 0;
}

/** Nakadi goes away and comes back; some batches are given up on; one item has more changes than the requeue reads at once. */
test('the functions may do what they do when events are parked, requeued and read again from the stream, and nothing else', async () => {
  const TableName = runtime.resource('Stack/Orders/Table').ref;
  const write = (id: string, version: number): Promise<unknown> => client.send(new PutItemCommand({ TableName, Item: { id: { S: id }, version: { N: String(version) } } }));
  const mapping = runtime.eventSourceMapping('Stack/Orders/Relay/EventSourceMapping');
  await write('first', 1);
  await runtime.idle();
  const outage = nakadi.faults.add({ kind: 'outage' });
  for (let version = 1; version <= 150; version++) {
    await write(version % 6 === 0 ? `item-${version}` : 'busy', version);
  }
  await runtime.idle(90_000);
  expect(mapping.counters.recordsDiscarded).toBeGreaterThan(0);
  expect(await waiting()).toBeGreaterThan(0);
  await outage.clear();
  for (let tries = 0; tries < 120 && ((await waiting()) > 0 || !used('requeue').isSupersetOf(allowed('Requeue'))); tries++) {
    await sleep(500);
  }
  await runtime.idle();

  expect(await waiting()).toBe(0);
  expect(sorted(used('requeue'))).toEqual(sorted(allowed('Requeue')));
  // The platform reads the stream and sends dead letters in the name of the relay; AWS asks for the list of streams, too.
  const platform = new Set([...used(), 'dynamodb:ListStreams stream']);
  expect(sorted(used('relay').union(platform))).toEqual(sorted(allowed('Relay')));
  expect(sorted(used('relay').intersection(platform))).toEqual([]);
}, 240_000);
