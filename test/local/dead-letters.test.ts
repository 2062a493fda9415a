import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { OutboxTable } from 'cdk-outbox-table';
import { NakadiStandIn } from '../../local/nakadi/nakadi-stand-in.ts';
import { LocalRuntime } from '../../local/runtime/index.ts';
import { History } from '../../local/scenario/history.ts';
import { ORDER_EVENT_TYPE, orderEventType } from '../../local/scenario/order-event-type.ts';
import { Orders } from '../../local/scenario/orders.ts';
import { compare } from '../../local/scenario/verdict.ts';
import { Writer } from '../../local/scenario/writer.ts';

const KEYS = ['customerId', 'orderId'];
const folder = mkdtempSync(path.join(tmpdir(), 'outbox-dead-letters-'));
let nakadi: NakadiStandIn;
let runtime: LocalRuntime;

/** An order store whose relay is killed, after it has published and before it can answer, for most of its batches. */
beforeAll(async () => {
  const app = new App({ outdir: folder });
  new OutboxTable(new Stack(app, 'Stack'), 'Orders', {
    partitionKey: { name: 'customerId', type: AttributeType.STRING },
    sortKey: { name: 'orderId', type: AttributeType.STRING },
    destination: { endpoint: 'https://nakadi.example.org', eventType: ORDER_EVENT_TYPE },
    batchSize: 5,
    holdFor: Duration.seconds(0),
    retryBudget: Duration.seconds(1),
  });
  app.synth();
  nakadi = await NakadiStandIn.start();
  nakadi.createEventType(orderEventType());
  runtime = await LocalRuntime.start({
    assembly: folder,
    addresses: { 'https://nakadi.example.org': nakadi.url },
    scheduleEvery: 1_000,
    retrySpacing: 10,
    faults: { killBeforeReturn: { probability: 0.7, seed: 1, function: 'Stack/Orders/Relay/Relay/Function' } },
  });
}, 60_000);

afterAll(async () => {
  await runtime.stop();
  await nakadi.stop();
  rmSync(folder, { recursive: true });
});

test('batches that the platform gives up on come late, and every item converges', async () => {
  const client = new DynamoDBClient({ endpoint: runtime.endpoints.dynamodb, region: 'eu-central-1', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } });
  const history = new History(KEYS);
  const writer = new Writer(client, runtime.resource('Stack/Orders/Table').ref, history, KEYS);
  const orders = new Orders('A', 7);
  for (let count = 0; count < 40; count++) {
    await writer.write(orders.next());
  }
  const mapping = runtime.eventSourceMapping('Stack/Orders/Relay/EventSourceMapping');
  const verdict = (): ReturnType<typeof compare> => compare(history, nakadi.consumed(ORDER_EVENT_TYPE).map(({ raw }) => raw), KEYS);
  // What came late is published within a few runs of the requeue; nothing tells from outside that the last one is over.
  for (let tries = 0; tries < 60 && (mapping.pending > 0 || mapping.counters.recordsDiscarded === 0 || verdict().snapshots === 0 || verdict().stale > 0); tries++) {
    await sleep(500);
  }
  await runtime.idle();
  client.destroy();

  expect(mapping.counters.recordsDiscarded).toBeGreaterThan(0);
  expect(mapping.counters.destinationDeliveries).toBeGreaterThan(0);
  expect(verdict()).toMatchObject({ changes: 40, lost: 0, wrong: 0, stale: 0, badPatches: 0 });
  expect(verdict().snapshots).toBeGreaterThan(0);
  // Killed after they were published, all events were in time: what came late came once more.
  expect(verdict().outOfOrder).toBe(0);
  expect(verdict().duplicates).toBeGreaterThan(0);
}, 90_000);
