import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { AttributePath, CleanupPolicy, EventMapping, OutboxTable, RouteCondition } from 'cdk-outbox-table';
import { NakadiStandIn } from '../../local/nakadi/nakadi-stand-in.ts';
import { LocalRuntime } from '../../local/runtime/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-shaped-'));
let nakadi: NakadiStandIn;
let runtime: LocalRuntime;
let client: DynamoDBClient;

/** A single-table design: orders to a compacted event type, payments through a mapping, and the rest to nobody. */
beforeAll(async () => {
  const app = new App({ outdir: folder });
  new OutboxTable(new Stack(app, 'Stack'), 'Shop', {
    partitionKey: { name: 'PK', type: AttributeType.STRING },
    requeueEvery: Duration.minutes(1),
    destination: {
      endpoint: 'https://nakadi.example.org',
      excludeAttributes: [AttributePath.exact('secret'), AttributePath.nested('address', 'street')],
      routes: [
        { condition: RouteCondition.keyStartsWith('PK', 'ORDER#'), eventType: 'orders', cleanupPolicy: CleanupPolicy.COMPACT, tombstones: true },
        {
          condition: RouteCondition.attributeEquals('type', 'payment'),
          eventType: 'payments',
          mapping: EventMapping.fromInline(`
            export default ({ newItem, oldItem }) => {
              const { PK, amount, secret } = newItem ?? oldItem;
              if (PK === 'PAY#bad') throw new Error('no amount');
              return PK === 'PAY#quiet' ? undefined : { id: PK, amount, secret };
            };`),
        },
      ],
    },
  });
  app.synth();
  nakadi = await NakadiStandIn.start();
  for (const [name, policy, key] of [['orders', 'compact', 'PK'], ['payments', 'delete', 'id']] as const) {
    nakadi.createEventType({
      name,
      category: 'data',
      cleanup_policy: policy,
      partition_strategy: 'hash',
      partition_key_fields: [key],
      schema: { type: 'json_schema', schema: '{"type":"object"}' },
    });
  }
  runtime = await LocalRuntime.start({ assembly: folder, addresses: { 'https://nakadi.example.org': nakadi.url }, scheduleEvery: 1_000 });
  client = new DynamoDBClient({ endpoint: runtime.endpoints.dynamodb, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
}, 60_000);

afterAll(async () => {
  client.destroy();
  await runtime.stop();
  await nakadi.stop();
  rmSync(folder, { recursive: true });
});

test('routes, exclusions, mapping and tombstones work in the functions that are deployed', async () => {
  const TableName = runtime.resource('Stack/Shop/Table').ref;
  const put = (Item: PutItemCommand['input']['Item']): Promise<unknown> => client.send(new PutItemCommand({ TableName, Item }));
  const order = { PK: { S: 'ORDER#1' }, secret: { S: 'hush' }, address: { M: { city: { S: 'Berlin' }, street: { S: 'hush' } } } };
  await put(order);
  await put({ ...order, secret: { S: 'other hush' } });
  await put({ ...order, n: { N: '1' } });
  await client.send(new DeleteItemCommand({ TableName, Key: { PK: { S: 'ORDER#1' } } }));
  await put({ PK: { S: 'PAY#1' }, type: { S: 'payment' }, amount: { N: '12345678901234567.89' }, secret: { S: 'hush' } });
  await put({ PK: { S: 'PAY#quiet' }, type: { S: 'payment' } });
  await put({ PK: { S: 'PAY#bad' }, type: { S: 'payment' } });
  await put({ PK: { S: 'PAY#2' }, type: { S: 'payment' }, amount: { N: '2' } });
  await put({ PK: { S: 'NOISE#1' } });
  await runtime.idle();

  const operations = nakadi.log('orders').map((entry) => (entry.tombstone ? 'tombstone' : entry.event.data_op));
  expect(operations).toEqual(['C', 'U', 'D', 'tombstone']);
  expect(nakadi.compacted('orders')).toEqual([]);
  const texts = [...nakadi.consumed('orders'), ...nakadi.consumed('payments')].map(({ raw }) => raw);
  expect(texts.filter((text) => text.includes('hush') || text.includes('street'))).toEqual([]);
  expect(nakadi.consumed('payments').map(({ raw }) => raw.slice(raw.indexOf('"data":')))).toEqual([
    '"data":{"id":"PAY#1","amount":12345678901234567.89}}',
    '"data":{"id":"PAY#2","amount":2}}',
  ]);
  // The filter keeps away what no route is for.
  expect(runtime.eventSourceMapping('Stack/Shop/Relay/EventSourceMapping').counters).toMatchObject({ recordsFilteredOut: 1, failedInvocations: 0 });
  // The mapping's failure is parked with its words, and holds only its own item.
  const { Items: rows } = await client.send(new ScanCommand({ TableName: runtime.resource('Stack/Shop/Relay/ParkedEvents/Table').ref }));
  expect(rows?.filter(({ reason }) => reason !== undefined).map(({ reason, detail }) => [reason.S, detail.S])).toEqual([['invalid', 'the mapping failed: no amount']]);
  const logs = runtime.function('Stack/Shop/Relay/Relay/Function').logs.join('\n');
  expect(logs).toContain('"reasons":["invalid"]');
  expect(logs).not.toMatch(/hush|no amount/);
});
