import { Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AttributeType, StreamViewType, Table, TableEncryption, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ApplicationLogLevel, Architecture, Tracing, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { AttributePath, CleanupPolicy, NumberEncoding, OutboxRelay, PatchFormat, RouteCondition, UnroutedItems } from '../../lib';
import { DESTINATION, errorOf, KEY, newStack, outboxStack } from './stacks';

const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000';

describe('the relay attaches to', () => {
  test.each([
    ['a TableV2', (stack: Stack) => new TableV2(stack, 'Table', { partitionKey: KEY, dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES })],
    ['a Table', (stack: Stack) => new Table(stack, 'Table', { partitionKey: KEY, stream: StreamViewType.NEW_AND_OLD_IMAGES })],
    ['an imported table', (stack: Stack) => Table.fromTableAttributes(stack, 'Table', { tableName: 'orders', tableStreamArn: STREAM_ARN })],
  ])('%s that has a stream', (_, newTable) => {
    const stack = newStack();
    const table = newTable(stack);
    const relay = new OutboxRelay(stack, 'Relay', { table, destination: DESTINATION });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: stack.resolve(table.tableStreamArn),
      FunctionName: stack.resolve(relay.relayFunction.functionName),
    });
  });

  test('a table of another stack, with a key of its own', () => {
    const tables = newStack();
    const key = new Key(tables, 'Key');
    const table = new Table(tables, 'Table', { partitionKey: KEY, stream: StreamViewType.NEW_AND_OLD_IMAGES, encryptionKey: key });
    const stack = new Stack(tables.node.root, 'Relays');
    new OutboxRelay(stack, 'Relay', { table, destination: DESTINATION });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', { EventSourceArn: { 'Fn::ImportValue': Match.stringLikeRegexp('StreamArn') } });
    expect(stack.dependencies).toEqual([tables]);
    expect(tables.dependencies).toEqual([]);
  });

  test.each([
    ['a table', (stack: Stack) => new Table(stack, 'Table', { partitionKey: KEY })],
    ['an imported table', (stack: Stack) => Table.fromTableName(stack, 'Table', 'orders')],
  ])('fails when %s has no stream', (_, newTable) => {
    const stack = newStack();
    const message = errorOf(() => new OutboxRelay(stack, 'Relay', { table: newTable(stack), destination: DESTINATION }));

    expect(message).toContain('Stack/Relay cannot be defined');
    expect(message).toContain('table Stack/Table has no stream');
    expect(message).toContain('NEW_AND_OLD_IMAGES');
  });
});

describe('the conditions of routes', () => {
  const routed = { endpoint: DESTINATION.endpoint, routes: [{ eventType: 'orders', condition: RouteCondition.keyStartsWith('type', 'order') }] };

  test.each([
    ['a TableV2', (stack: Stack) => new TableV2(stack, 'Table', { partitionKey: KEY, dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES })],
    ['a Table', (stack: Stack) => new Table(stack, 'Table', { partitionKey: KEY, stream: StreamViewType.NEW_AND_OLD_IMAGES })],
  ])('fails when they name no key of %s', (_, newTable) => {
    const stack = newStack();
    const message = errorOf(() => new OutboxRelay(stack, 'Relay', { table: newTable(stack), destination: routed }));

    expect(message).toContain('destination.routes[0].condition asks how "type" starts, and the table\'s keys are "orderId": name a key');
  });

  test('may name any attribute of an imported table', () => {
    const stack = newStack();
    const table = Table.fromTableAttributes(stack, 'Table', { tableName: 'orders', tableStreamArn: STREAM_ARN });

    expect(() => new OutboxRelay(stack, 'Relay', { table, destination: routed })).not.toThrow();
  });
});

describe('the relay tells', () => {
  test('its table', () => {
    const { outbox } = outboxStack();

    expect(outbox.relay.table).toBe(outbox.table);
  });

  test('its times: the given ones', () => {
    const times = { holdFor: Duration.hours(2), retryBudget: Duration.seconds(90), requeueEvery: Duration.minutes(7) };

    expect(outboxStack(times).outbox.relay).toMatchObject(times);
  });

  test('its times: the defaults, by which the requeue is started too', () => {
    const { stack, outbox: { relay } } = outboxStack();

    expect([relay.holdFor, relay.retryBudget, relay.requeueEvery].map((time) => time.toSeconds())).toEqual([900, 60, 60]);
    Template.fromStack(stack).hasResourceProperties('AWS::Scheduler::Schedule', { ScheduleExpression: 'rate(1 minute)' });
  });
});

describe('the event source mapping', () => {
  test('starts at the oldest record, reports single failures, bisects, and ends in the dead-letter queue', () => {
    const { stack, outbox } = outboxStack();

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BisectBatchOnFunctionError: true,
      MaximumRecordAgeInSeconds: 43_200,
      MaximumRetryAttempts: 18,
      DestinationConfig: { OnFailure: { Destination: stack.resolve(outbox.relay.deadLetterQueue.queueArn) } },
      ParallelizationFactor: 1,
      MaximumBatchingWindowInSeconds: 0,
      Enabled: true,
      FilterCriteria: Match.absent(),
    });
  });

  test('counts its records, so that one can see whether it polls', () => {
    Template.fromStack(outboxStack().stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', { MetricsConfig: { Metrics: ['EventCount'] } });
  });

  test('takes batch size, window and parallelization from the props', () => {
    const { stack } = outboxStack({ batchSize: 1000, batchingWindow: Duration.seconds(5), parallelizationFactor: 10 });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 5,
      ParallelizationFactor: 10,
    });
  });

  test.each([
    [Duration.minutes(15), Duration.seconds(60), 18],
    [Duration.seconds(0), Duration.seconds(60), 3],
    [Duration.seconds(100), Duration.seconds(30), 7],
  ])('has attempts enough to hold records for %s with a retry budget of %s', (holdFor, retryBudget, attempts) => {
    const { stack } = outboxStack({ holdFor, retryBudget });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::EventSourceMapping', { MaximumRetryAttempts: attempts });
  });
});

describe('the functions', () => {
  test('run on Node 24 on Arm, with JSON logs in a log group of their own', () => {
    const { stack } = outboxStack({ logRetention: RetentionDays.ONE_WEEK });

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::Function', 2);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.anyValue() } },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('have time for the retry budget, one last request, and parking', () => {
    const { stack } = outboxStack({ retryBudget: Duration.seconds(30), requestTimeout: Duration.seconds(50) });

    Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Timeout: 120, Description: Match.stringLikeRegexp('changes of a DynamoDB table') });
  });

  test('learn the destination with all defaults filled in', () => {
    const { stack, outbox } = outboxStack();

    Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          OUTBOX_DESTINATION: JSON.stringify({
            endpoint: 'https://nakadi.example.org',
            routes: [
              {
                eventType: 'order-store.order-changed',
                dataType: 'order-store.order-changed',
                cleanupPolicy: 'delete',
                patchFormat: 'array',
                patchAttribute: 'patch',
              },
            ],
            unrouted: 'drop',
          }),
          OUTBOX_CREDENTIALS: '{"type":"none"}',
          OUTBOX_PUBLISHING: JSON.stringify({
            maxEventBytes: 999_000,
            maxBatchEvents: 1_000,
            maxBatchBytes: 10_000_000,
            requestTimeoutMs: 80_000,
            retryBudgetMs: 60_000,
            holdForMs: 900_000,
          }),
          OUTBOX_PARKED_EVENTS_TABLE: stack.resolve(outbox.relay.parkedEventsTable.tableName),
        }),
      },
    });
  });

  test('learn the destination that was given', () => {
    const { stack } = outboxStack({
      destination: {
        endpoint: 'https://nakadi.example.org/api/',
        eventType: 'orders',
        dataType: 'order',
        cleanupPolicy: CleanupPolicy.COMPACT_AND_DELETE,
        tombstones: true,
        patchFormat: PatchFormat.JSON_STRING,
        patchAttribute: 'diff',
        numberEncoding: NumberEncoding.STRING,
        includeAttributes: ['state', 'address.city', 'changedAt', 'flow'].map((path) => AttributePath.nested(...path.split('.'))),
        excludeAttributes: [AttributePath.prefix('internal')],
        occurredAtAttribute: 'changedAt',
        flowIdAttribute: 'flow',
        sequenceAttribute: 'sequence',
        timeToLiveDeletions: false,
      },
    });

    Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          OUTBOX_DESTINATION: JSON.stringify({
            endpoint: 'https://nakadi.example.org/api',
            routes: [
              {
                eventType: 'orders',
                dataType: 'order',
                cleanupPolicy: 'compact_and_delete',
                tombstones: true,
                patchFormat: 'json-string',
                patchAttribute: 'diff',
                numberEncoding: 'string',
                include: [{ path: ['state'] }, { path: ['address', 'city'] }, { path: ['changedAt'] }, { path: ['flow'] }],
                exclude: [{ path: ['internal'], prefix: true }],
                occurredAtAttribute: 'changedAt',
                flowIdAttribute: 'flow',
                sequenceAttribute: 'sequence',
                timeToLiveDeletions: false,
              },
            ],
            unrouted: 'drop',
          }),
        }),
      },
    });
  });

  test('learn the routes, and once what all of them say alike', () => {
    const { stack } = outboxStack({
      destination: {
        endpoint: 'https://nakadi.example.org',
        patchFormat: PatchFormat.NONE,
        unroutedItems: UnroutedItems.REFUSE,
        routes: [
          { eventType: 'orders', condition: RouteCondition.keyStartsWith('orderId', 'ORDER#') },
          { eventType: 'invoices', condition: RouteCondition.attributeEquals('type', 'invoice'), patchFormat: PatchFormat.JSON_STRING },
        ],
      },
    });

    Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: Match.objectLike({
          OUTBOX_DESTINATION: JSON.stringify({
            endpoint: 'https://nakadi.example.org',
            shared: { cleanupPolicy: 'delete', patchAttribute: 'patch' },
            routes: [
              {
                eventType: 'orders',
                condition: { type: 'key-starts-with', attribute: 'orderId', value: 'ORDER#' },
                patchFormat: 'none',
              },
              {
                eventType: 'invoices',
                condition: { type: 'attribute-equals', attribute: 'type', value: 'invoice' },
                patchFormat: 'json-string',
              },
            ],
            unrouted: 'refuse',
          }),
        }),
      },
    });
  });

  test('take values that are known at deployment only', () => {
    const endpoint = Token.asString({ Ref: 'NakadiEndpoint' });
    const { stack } = outboxStack({ destination: { endpoint, eventType: Token.asString({ Ref: 'EventType' }) } });

    Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ OUTBOX_DESTINATION: { 'Fn::Join': ['', Match.arrayWith([{ Ref: 'NakadiEndpoint' }])] } }) },
    });
  });
});

describe('what a team says about', () => {
  test('the functions reaches the functions', () => {
    const { stack, outbox } = outboxStack({
      memorySize: 1769,
      requeueMemorySize: 1024,
      architecture: Architecture.X86_64,
      tracing: Tracing.ACTIVE,
      logLevel: ApplicationLogLevel.WARN,
    });

    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Architectures: ['x86_64'],
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: Match.objectLike({ ApplicationLogLevel: 'WARN' }),
    });
    const sizes = Object.fromEntries(
      Object.entries(template.findResources('AWS::Lambda::Function')).map(([id, { Properties }]) => [id, (Properties as { MemorySize: number }).MemorySize]),
    );
    const idOf = ({ functionName }: IFunction): string => (stack.resolve(functionName) as { Ref: string }).Ref;
    expect(sizes).toEqual({ [idOf(outbox.relay.relayFunction)]: 1769, [idOf(outbox.relay.requeueFunction)]: 1024 });
  });

  test('requests reaches the handlers', () => {
    const { stack } = outboxStack({ maxEventBytes: 2_000_000, maxBatchEvents: 100, maxBatchBytes: 20_000_000 });

    Template.fromStack(stack).allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ OUTBOX_PUBLISHING: Match.stringLikeRegexp('"maxEventBytes":2000000,"maxBatchEvents":100,"maxBatchBytes":20000000') }) },
    });
  });

  test('removal reaches parked events and dead letters, and the logs for themselves', () => {
    const { stack } = outboxStack({ parkedEventsRemovalPolicy: RemovalPolicy.DESTROY, logRemovalPolicy: RemovalPolicy.RETAIN });

    const template = Template.fromStack(stack);
    template.hasResource('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Delete', Properties: { TimeToLiveSpecification: { AttributeName: 'expiresAt' } } });
    template.hasResource('AWS::DynamoDB::GlobalTable', { DeletionPolicy: 'Retain', Properties: { StreamSpecification: Match.anyValue() } });
    template.allResources('AWS::SQS::Queue', { DeletionPolicy: 'Delete' });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Retain' });
  });
});

test('the longest budget and the longest request fit into the time that a function may take', () => {
  const { stack } = outboxStack({ retryBudget: Duration.minutes(10), requestTimeout: Duration.minutes(3) });

  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', { Timeout: 820 });
});

test('a dead letter stays invisible for longer than a run of the requeue takes', () => {
  const { stack } = outboxStack();

  Template.fromStack(stack).hasResource('AWS::SQS::Queue', {
    DeletionPolicy: 'Retain',
    Properties: { MessageRetentionPeriod: 14 * 86_400, VisibilityTimeout: 360 },
  });
});

test('a table with a key of its own can be read', () => {
  const stack = newStack();
  const table = new Table(stack, 'Table', {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    stream: StreamViewType.NEW_AND_OLD_IMAGES,
    encryption: TableEncryption.CUSTOMER_MANAGED,
  });
  new OutboxRelay(stack, 'Relay', { table, destination: DESTINATION });

  const policies = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  expect(policies.filter((policy) => JSON.stringify(policy).includes('kms:Decrypt'))).toHaveLength(2);
});
