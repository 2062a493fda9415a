import { DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDBClient, ListTablesCommand, PutItemCommand, DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { Aws, CfnResource, Duration, Stack } from 'aws-cdk-lib';
import { AttributeType, ProjectionType, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, RuleTargetInput, Schedule as RuleSchedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as FunctionTarget } from 'aws-cdk-lib/aws-events-targets';
import { FilterCriteria, FilterRule, Function, Runtime, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { DynamoEventSource, SqsDlq } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { LocalRuntime, type LocalRuntimeOptions } from '../../../local/runtime/index.ts';
import { moduleCode, removeFolders, synth } from './synth';

/** Keeps the records it gets in memory, and writes one line for each; items named `poison` fail. */
const RECORDER = `
  export const handler = async ({ Records }) => {
    const poison = Records.find((record) => record.dynamodb.Keys.pk.S === 'poison');
    for (const record of Records.slice(0, poison ? Records.indexOf(poison) : undefined)) console.log(JSON.stringify(record));
    return { batchItemFailures: poison ? [{ itemIdentifier: poison.dynamodb.SequenceNumber }] : [] };
  };`;

/** Reads a secret as the SDK does. */
const READER = `
  export const handler = async () => {
    const response = await fetch(process.env.AWS_ENDPOINT_URL_SECRETS_MANAGER, {
      method: 'POST', headers: { 'x-amz-target': 'secretsmanager.GetSecretValue', 'content-type': 'application/x-amz-json-1.1' }, body: JSON.stringify({ SecretId: process.env.SECRET }),
    });
    return { ...await response.json(), address: process.env.ADDRESS, region: process.env.REGION };
  };`;

const TICKER = 'export const handler = async (event) => { console.log(JSON.stringify(event)); await new Promise((resolve) => setTimeout(resolve, 150)); };';

let runtime: LocalRuntime;
let assembly: string;
const started: LocalRuntime[] = [];

async function start(options: LocalRuntimeOptions): Promise<LocalRuntime> {
  const one = await LocalRuntime.start(options);
  started.push(one);
  return one;
}

beforeAll(async () => {
  assembly = synth((app) => {
    const stack = new Stack(app, 'Orders');
    const common = { runtime: Runtime.NODEJS_24_X, handler: 'index.handler' };
    const table = new TableV2(stack, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING }, sortKey: { name: 'sk', type: AttributeType.NUMBER }, dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES, timeToLiveAttribute: 'ttl',
      globalSecondaryIndexes: [{ indexName: 'by-state', partitionKey: { name: 'state', type: AttributeType.STRING } }],
    });
    const other = new Table(stack, 'Other', { partitionKey: { name: 'id', type: AttributeType.BINARY }, sortKey: { name: 'at', type: AttributeType.NUMBER } });
    other.addLocalSecondaryIndex({ indexName: 'by-name', sortKey: { name: 'name', type: AttributeType.STRING }, projectionType: ProjectionType.KEYS_ONLY });
    const second = new Queue(stack, 'Second');
    const queue = new Queue(stack, 'Failures', { retentionPeriod: Duration.days(14), visibilityTimeout: Duration.seconds(77), deadLetterQueue: { queue: second, maxReceiveCount: 3 } });
    const relay = new Function(stack, 'Relay', { ...common, code: moduleCode(RECORDER), timeout: Duration.seconds(10) });
    relay.addEventSource(new DynamoEventSource(table, {
      startingPosition: StartingPosition.TRIM_HORIZON, batchSize: 10, retryAttempts: 1, bisectBatchOnError: true, reportBatchItemFailures: true, onFailure: new SqsDlq(queue), parallelizationFactor: 2,
      filters: [FilterCriteria.filter({ dynamodb: { Keys: { pk: { S: FilterRule.or('order', 'poison') } } } })],
    }));
    const own = new Secret(stack, 'Own', { generateSecretString: { secretStringTemplate: '{"user":"u"}', generateStringKey: 'password' } });
    const imported = Secret.fromSecretNameV2(stack, 'Imported', 'team/token');
    new Function(stack, 'OwnReader', { ...common, code: moduleCode(READER), environment: { SECRET: own.secretArn, ADDRESS: 'https://nakadi.example.org/x', REGION: Aws.REGION } });
    new Function(stack, 'ImportedReader', { ...common, code: moduleCode(READER), environment: { SECRET: imported.secretArn } });
    const ticker = new Function(stack, 'Ticker', { ...common, code: moduleCode(TICKER) });
    new Schedule(stack, 'Schedule', { schedule: ScheduleExpression.rate(Duration.minutes(1)), target: new LambdaInvoke(ticker, { input: ScheduleTargetInput.fromObject({ from: 'scheduler' }) }) });
    new Rule(stack, 'Rule', { schedule: RuleSchedule.rate(Duration.minutes(5)), enabled: false, targets: [new FunctionTarget(ticker, { event: RuleTargetInput.fromObject({ table: table.tableName }) })] });
  });
  runtime = await start({ assembly, region: 'eu-west-1', addresses: { 'https://nakadi.example.org': 'http://127.0.0.1:9' }, secrets: { 'team/token': 'imported value' }, scheduleEvery: 100, scheduleOverlap: false, retrySpacing: 10, pollInterval: 20 });
});

afterAll(async () => {
  await Promise.all(started.map((one) => one.stop()));
  removeFolders();
});

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
async function withDynamoDb<T>(use: (client: DynamoDBClient) => Promise<T>): Promise<T> {
  const client = new DynamoDBClient({ endpoint: runtime.endpoints.dynamodb, region: 'us-east-1', credentials });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}
async function withSqs<T>(use: (client: SQSClient) => Promise<T>): Promise<T> {
  const client = new SQSClient({ region: 'eu-west-1', endpoint: runtime.endpoints.sqs, credentials });
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

test('tables have the template\'s keys, indexes, stream and time to live', async () => {
  await withDynamoDb(async (client) => {
    const { name, attributes } = runtime.resource('Orders/Table');
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    expect(table).toMatchObject({
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }, { AttributeName: 'sk', KeyType: 'RANGE' }], StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      GlobalSecondaryIndexes: [expect.objectContaining({ IndexName: 'by-state' })], LatestStreamArn: attributes.StreamArn, TableArn: attributes.Arn,
    });
    const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName: name }));
    expect(TimeToLiveDescription).toEqual({ AttributeName: 'ttl', TimeToLiveStatus: 'ENABLED' });
    const { Table: other } = await client.send(new DescribeTableCommand({ TableName: runtime.resource('Orders/Other').name }));
    expect(other).toMatchObject({ LocalSecondaryIndexes: [expect.objectContaining({ IndexName: 'by-name' })] });
    expect(other).not.toHaveProperty('LatestStreamArn');
  });
});

test('queues have the template\'s attributes', async () => {
  await withSqs(async (client) => {
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: runtime.resource('Orders/Failures').ref, AttributeNames: ['All'] }));
    expect(Attributes).toMatchObject({ VisibilityTimeout: '77', MessageRetentionPeriod: '1209600', QueueArn: runtime.resource('Orders/Failures').attributes.Arn });
    expect(JSON.parse(Attributes?.RedrivePolicy ?? '')).toEqual({ deadLetterTargetArn: runtime.resource('Orders/Second').attributes.Arn, maxReceiveCount: 3 });
  });
});

test('what changes nothing on one machine is left out, and listed', () => {
  expect(runtime.ignoredResources.map(({ type }) => type)).toEqual(expect.arrayContaining(['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::Lambda::Permission']));
});

test('functions read their secrets, own and imported, and see changes; addresses are replaced', async () => {
  const own = (await runtime.invoke('Orders/OwnReader')).payload as Record<string, string>;
  expect(own).toMatchObject({ ARN: runtime.resource('Orders/Own').ref, address: 'http://127.0.0.1:9/x', region: 'eu-west-1' });
  expect(JSON.parse(own.SecretString)).toMatchObject({ user: 'u' });
  expect((await runtime.invoke('Orders/ImportedReader')).payload).toMatchObject({ SecretString: 'imported value' });
  runtime.putSecret('team/token', 'rotated');
  runtime.putSecret('Orders/Own', 'changed');
  expect((await runtime.invoke('Orders/ImportedReader')).payload).toMatchObject({ SecretString: 'rotated' });
  expect((await runtime.invoke('Orders/OwnReader')).payload).toMatchObject({ SecretString: 'changed' });
});

test('changes reach the function in order; what it refuses goes to the queue, and nothing else does', async () => {
  const { name } = runtime.resource('Orders/Table');
  const [mapping] = runtime.eventSourceMappings.values();
  await withDynamoDb(async (client) => {
    for (let version = 1; version <= 15; version += 1) {
      await client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'order' }, sk: { N: String(version % 3) }, version: { N: String(version) }, bytes: { B: new Uint8Array([1, 2, 3]) } } }));
    }
    await client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'filtered' }, sk: { N: '1' } } }));
    await client.send(new PutItemCommand({ TableName: name, Item: { pk: { S: 'poison' }, sk: { N: '1' } } }));
    await client.send(new DeleteItemCommand({ TableName: name, Key: { pk: { S: 'order' }, sk: { N: '1' } } }));
  });
  await runtime.idle(20_000);
  expect(mapping.counters).toMatchObject({ recordsRead: 18, recordsFilteredOut: 1, recordsProcessed: 16, recordsDiscarded: 1, destinationDeliveries: 1, destinationDeliveryFailures: 0 });
  expect(mapping.iteratorAge).toBe(0);
  const records = runtime.function('Orders/Relay').logs.map((line) => JSON.parse(line) as { eventName: string; dynamodb: Record<string, Record<string, Record<string, string>>> & { SequenceNumber: string } });
  for (const sk of ['0', '1', '2']) {
    const sequence = records.filter(({ dynamodb }) => dynamodb.Keys.sk.N === sk).map(({ dynamodb }) => Number(dynamodb.SequenceNumber));
    expect(sequence).toEqual(sequence.toSorted((left, right) => left - right));
  }
  const removal = records.find(({ eventName }) => eventName === 'REMOVE');
  expect(removal).toMatchObject({ awsRegion: 'eu-west-1', eventSourceARN: runtime.resource('Orders/Table').attributes.StreamArn, dynamodb: { OldImage: { version: { N: '13' }, bytes: { B: 'AQID' } } } });
  const message = await withSqs((client) => client.send(new ReceiveMessageCommand({ QueueUrl: runtime.resource('Orders/Failures').ref, WaitTimeSeconds: 5, MaxNumberOfMessages: 10 })));
  expect(message.Messages).toHaveLength(1);
  expect(JSON.parse(message.Messages?.[0].Body ?? '')).toMatchObject({
    requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2, functionArn: runtime.resource('Orders/Relay').attributes.Arn },
    responseContext: { functionError: null },
    DDBStreamBatchInfo: { startSequenceNumber: '000000000000000000017', endSequenceNumber: '000000000000000000017', batchSize: 1, streamArn: runtime.resource('Orders/Table').attributes.StreamArn },
  });
});

test('schedules trigger their function with their input, one at a time when asked', async () => {
  const schedule = runtime.schedule('Orders/Schedule');
  while (schedule.ticks < 2) await new Promise((resolve) => { setTimeout(resolve, 20); });
  expect(runtime.schedule('Orders/Rule').enabled).toBe(false);
  schedule.disable();
  runtime.schedule('Orders/Rule').fire();
  await runtime.idle();
  const ticker = runtime.function('Orders/Ticker');
  expect([...new Set(ticker.logs)].map((line) => JSON.parse(line) as unknown)).toEqual(expect.arrayContaining([{ from: 'scheduler' }, { table: runtime.resource('Orders/Table').name }]));
  expect(ticker.counters.invocations).toBe(schedule.ticks + 1);
});

test('another runtime shares the database and the queues without collisions, and cleans up', async () => {
  const tables = (): Promise<string[] | undefined> => withDynamoDb(async (client) => (await client.send(new ListTablesCommand({}))).TableNames);
  const before = await tables();
  const second = await start({ assembly, endpoints: runtime.endpoints, scheduleEvery: 20 });
  expect(second.resource('Orders/Table').name).not.toBe(runtime.resource('Orders/Table').name);
  expect(await tables()).toHaveLength((before?.length ?? 0) * 2);
  // Unless asked otherwise, a schedule does not wait for the run before.
  while (second.function('Orders/Ticker').pids.length < 2) await new Promise((resolve) => { setTimeout(resolve, 10); });
  await second.stop();
  expect(await tables()).toEqual(before);
  // The first one is still there.
  expect((await runtime.invoke('Orders/OwnReader')).functionError).toBeUndefined();
});

describe('fails when', () => {
  const stackOf = (define: (stack: Stack) => void): string => synth((app) => { define(new Stack(app, 'S')); });
  const begin = (directory: string, options: Partial<LocalRuntimeOptions> = {}): Promise<LocalRuntime> => start({ assembly: directory, endpoints: runtime.endpoints, ...options });

  test('Java is missing', async () => {
    await expect(begin(assembly, { endpoints: { sqs: runtime.endpoints.sqs }, java: '/nowhere/java' })).rejects.toThrow('Java 17 or newer is needed to run DynamoDB Local; install it and put it on the PATH, or name it in JAVA_HOME (/nowhere/java: not found)');
  });

  test.each(['dynamodb', 'sqs', 'secretsManager'] as const)('the port of %s is taken', async (service) => {
    const taken = Number(new URL(runtime.endpoints[service]).port);
    await expect(begin(assembly, { endpoints: { ...runtime.endpoints, [service]: undefined }, ports: { [service]: taken } }))
      .rejects.toThrow(`port ${String(taken)} is taken; choose another one with the option ports.${service}, or none to get a free one`);
  });

  test('a stack is not there', async () => {
    await expect(begin(assembly, { stacks: ['Payments'] })).rejects.toThrow('has no stack Payments; it has Orders');
  });

  test('a function is not for Node.js', async () => {
    const directory = stackOf((stack) => { new Function(stack, 'F', { runtime: Runtime.PYTHON_3_13, handler: 'x.y', code: moduleCode('') }); });
    await expect(begin(directory)).rejects.toThrow('has the runtime python3.13; the local runtime runs Node.js functions only');
  });

  test('a mapping reads a stream that is not here', async () => {
    const directory = stackOf((stack) => {
      const fn = new Function(stack, 'F', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: moduleCode('export const handler = async () => 1;') });
      const table = Table.fromTableAttributes(stack, 'T', { tableName: 'elsewhere', tableStreamArn: 'arn:aws:dynamodb:eu-west-1:123456789012:table/elsewhere/stream/2026-01-01T00:00:00.000' });
      fn.addEventSource(new DynamoEventSource(table, { startingPosition: StartingPosition.LATEST }));
    });
    await expect(begin(directory)).rejects.toThrow('cannot read arn:aws:dynamodb:eu-west-1:123456789012:table/elsewhere');
  });

  test('a resource is not supported', async () => {
    await expect(begin(stackOf((stack) => { new CfnResource(stack, 'Topic', { type: 'AWS::SNS::Topic' }); }))).rejects.toThrow('does not support S/Topic (logical id Topic, AWS::SNS::Topic)');
  });

  test('the runtime is not idle in time', async () => {
    runtime.invokeAsync('Orders/Ticker');
    await expect(runtime.idle(20)).rejects.toThrow('Orders/Ticker/Resource has 1 asynchronous invocations under way');
    await runtime.idle();
  });

  test('an id is of another kind', () => {
    expect(() => runtime.function('Orders/Table')).toThrow('Orders/Table is no function');
  });
});
