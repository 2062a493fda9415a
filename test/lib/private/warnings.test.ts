import { App, Annotations as CdkAnnotations, Duration, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Subnet, SubnetType, Vpc, type SubnetConfiguration, type SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ApplicationLogLevel } from 'aws-cdk-lib/aws-lambda';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { AttributePath, CleanupPolicy, EventMapping, NakadiCredentials, OutboxRelay, OutboxTable, RouteCondition, type NakadiDestination, type OutboxTableProps } from '../../../lib';
import { DESTINATION, KEY, newStack, outboxStack } from '../stacks';

const compactedBy = (condition: RouteCondition): Partial<OutboxTableProps> => ({
  destination: { endpoint: 'https://nakadi.example.org', cleanupPolicy: CleanupPolicy.COMPACT, routes: [{ eventType: 'orders', condition }] },
});

test.each<[string, Partial<OutboxTableProps>]>([
  ['the defaults', {}],
  ['a compacted event type that is chosen by the key', compactedBy(RouteCondition.keyStartsWith('orderId', 'A'))],
  ['every log line', { logLevel: ApplicationLogLevel.TRACE }],
  ['a request time-out that is as long as that of Nakadi', { requestTimeout: Duration.seconds(35) }],
])('%s need no warning', (_, props) => {
  Annotations.fromStack(outboxStack(props).stack).hasNoWarning('*', Match.anyValue());
});

test.each<[string, Partial<OutboxTableProps>, string]>([
  ['publishing is off', { enabled: false }, 'enabled is false, .* older than 24 hours .* lost \\[ack: cdk-outbox-table:paused\\]'],
  [
    'a changing attribute chooses a compacted event type',
    compactedBy(RouteCondition.attributeEquals('type', 'order')),
    'destination\\.routes\\[0\\] is to a compacted event type and chosen by an attribute: .* \\[ack: cdk-outbox-table:compactedRouteByAttribute\\]',
  ],
  [
    'an attribute that is known at deployment only chooses a compacted event type',
    compactedBy(RouteCondition.attributeEquals(Fn.importValue('Attribute'), 'order')),
    'destination\\.routes\\[0\\] is to a compacted event type and chosen by an attribute: .* \\[ack: cdk-outbox-table:compactedRouteByAttribute\\]',
  ],
  [
    'metrics may not be kept',
    { logLevel: ApplicationLogLevel.WARN },
    'logLevel is WARN, .* alarms and the dashboard may see none.*; use INFO, .* \\[ack: cdk-outbox-table:logLevel\\]',
  ],
  ['metrics may not be kept, at a higher level', { logLevel: ApplicationLogLevel.FATAL }, 'logLevel is FATAL'],
  [
    'requests end before Nakadi answers',
    { requestTimeout: Duration.seconds(34) },
    'requestTimeout of 34 seconds is shorter than the 35 seconds .* duplicates.* \\[ack: cdk-outbox-table:shortRequestTimeout\\]',
  ],
])('warns when %s', (_, props, warning) => {
  const { stack } = outboxStack(props);

  Annotations.fromStack(stack).hasWarning('/Stack/Orders/Relay', Match.stringLikeRegexp(warning));
});

test('a warning that a team knows of is not shown', () => {
  const { stack, outbox } = outboxStack({ enabled: false });
  CdkAnnotations.of(outbox.relay).acknowledgeWarning('cdk-outbox-table:paused', 'a migration');

  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});

describe('with a secret of another account', () => {
  const ENV = { account: '123456789012', region: 'eu-central-1' };
  const secretCompleteArn = 'arn:aws:secretsmanager:eu-central-1:210987654321:secret:client-AbCdEf';
  const annotationsWith = (newSecret: (stack: Stack) => ISecret): Annotations =>
    Annotations.fromStack(outboxStack((stack) => ({ destination: { ...DESTINATION, credentials: NakadiCredentials.bearerToken(newSecret(stack)) } }), ENV).stack);

  test('warns when it has no key', () => {
    annotationsWith((stack) => Secret.fromSecretCompleteArn(stack, 'Secret', secretCompleteArn)).hasWarning(
      '/Stack/Orders/Relay',
      Match.stringLikeRegexp("the credentials' secret is of the account 210987654321 and has no encryptionKey: .* \\[ack: cdk-outbox-table:secretOfOtherAccount\\]"),
    );
  });

  test.each<[string, (stack: Stack) => ISecret]>([
    [
      'it has a key',
      (stack) =>
        Secret.fromSecretAttributes(stack, 'Secret', {
          secretCompleteArn,
          encryptionKey: Key.fromKeyArn(stack, 'Key', 'arn:aws:kms:eu-central-1:210987654321:key/00000000-0000-0000-0000-000000000000'),
        }),
    ],
    ['it is of the same account', (stack) => Secret.fromSecretCompleteArn(stack, 'Secret', secretCompleteArn.replace('210987654321', ENV.account))],
    ['its account is known at deployment only', (stack) => Secret.fromSecretCompleteArn(stack, 'Secret', Fn.importValue('Secret'))],
    ['it is of the app', (stack) => new Secret(stack, 'Secret')],
  ])('needs no warning where %s', (_, newSecret) => {
    annotationsWith(newSecret).hasNoWarning('*', Match.stringLikeRegexp('secretOfOtherAccount'));
  });
});

describe('in a VPC', () => {
  const { PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS } = SubnetType;
  const inSubnets = (given: SubnetType[], vpcSubnets?: SubnetSelection): Annotations => {
    const subnetConfiguration = [SubnetType.PUBLIC, ...given].map((subnetType): SubnetConfiguration => ({ name: subnetType, subnetType }));
    const { stack } = outboxStack((scope) => ({ vpc: new Vpc(scope, 'Vpc', { maxAzs: 1, subnetConfiguration }), vpcSubnets }));
    return Annotations.fromStack(stack);
  };
  const WARNING = 'the functions run in Stack/Vpc/IsolatedSubnet1, from where no NAT gateway is reached: .* \\[ack: cdk-outbox-table:isolatedSubnets\\]';

  test.each<[string, SubnetType[], SubnetSelection | undefined]>([
    ['there are no others', [PRIVATE_ISOLATED], undefined],
    ['they are chosen', [PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS], { subnetType: PRIVATE_ISOLATED }],
  ])('warns when the functions run in isolated subnets because %s', (_, given, vpcSubnets) => {
    inSubnets(given, vpcSubnets).hasWarning('/Stack/Orders/Relay', Match.stringLikeRegexp(WARNING));
  });

  test('warns when only some of the subnets are isolated', () => {
    const { stack } = outboxStack((scope) => {
      const vpc = new Vpc(scope, 'Vpc', {
        maxAzs: 1,
        subnetConfiguration: [SubnetType.PUBLIC, PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS].map((subnetType) => ({ name: subnetType, subnetType })),
      });
      return { vpc, vpcSubnets: { subnets: [...vpc.privateSubnets, ...vpc.isolatedSubnets] } };
    });

    Annotations.fromStack(stack).hasWarning('/Stack/Orders/Relay', Match.stringLikeRegexp(WARNING));
  });

  test('private subnets, also beside isolated ones, and subnets that the VPC does not know need no warning', () => {
    inSubnets([PRIVATE_ISOLATED, PRIVATE_WITH_EGRESS]).hasNoWarning('*', Match.anyValue());
    const { stack } = outboxStack((scope) => ({
      vpc: Vpc.fromVpcAttributes(scope, 'Vpc', { vpcId: Fn.importValue('Vpc'), availabilityZones: ['eu-central-1a'], isolatedSubnetIds: ['subnet-1'] }),
      vpcSubnets: { subnets: [Subnet.fromSubnetId(scope, 'Subnet', Fn.importValue('Subnet'))] },
    }));
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('cdk-outbox-table'));
  });
});

test('what stands for a VPC that is still to be looked up needs no warning', () => {
  const { stack } = outboxStack((scope) => ({ vpc: Vpc.fromLookup(scope, 'Vpc', { isDefault: false }) }), { account: '123456789012', region: 'eu-central-1' });

  Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('cdk-outbox-table'));
});

describe('an attribute whose name looks like a path', () => {
  const { exact, nested, prefix } = AttributePath;
  const annotationsWith = (events: Partial<NakadiDestination>, props: Partial<OutboxTableProps> = {}): Annotations =>
    Annotations.fromStack(outboxStack({ destination: { ...DESTINATION, ...events }, ...props }).stack);
  const condition = RouteCondition.keyStartsWith('orderId', 'A');
  const routed = (events: Partial<NakadiDestination>): Partial<NakadiDestination> => ({ eventType: undefined, routes: [{ eventType: 'orders', condition, ...events }] });

  test.each<[Partial<NakadiDestination>, string]>([
    [{ excludeAttributes: [exact('state'), exact('card.cvv')] }, 'destination.excludeAttributes name "card.cvv", .*AttributePath.nested\\("card", "cvv"\\), or'],
    [{ includeAttributes: [exact('/card/cvv')] }, 'destination.includeAttributes name "/card/cvv", .*AttributePath.nested\\("card", "cvv"\\), or'],
    [{ excludeAttributes: [prefix('card.')] }, 'destination.excludeAttributes name "card.\\*", .*AttributePath.nested\\(…\\), or'],
    [routed({ excludeAttributes: [exact('card.cvv')] }), 'destination.routes\\[0\\].excludeAttributes name "card.cvv"'],
  ])('warns: %j', (events, warning) => {
    annotationsWith(events).hasWarning('/Stack/Orders/Relay', Match.stringLikeRegexp(`${warning}.*\\[ack: cdk-outbox-table:dottedAttribute\\]`));
  });

  test('warns once, whatever the routes', () => {
    const { routes } = routed({});
    const annotations = annotationsWith({ eventType: undefined, excludeAttributes: [exact('card.cvv')], routes: [...routes!, { eventType: 'others', condition: RouteCondition.keyStartsWith('orderId', 'B') }] });

    expect(annotations.findWarning('*', Match.stringLikeRegexp('dottedAttribute'))).toHaveLength(1);
  });

  test.each<[string, Partial<NakadiDestination>, Partial<OutboxTableProps>]>([
    ['a path', { excludeAttributes: [nested('card', 'cvv'), nested('cards', 'visa.cvv')] }, {}],
    ['a key of the table', { excludeAttributes: [exact('order.id')] }, { partitionKey: { ...KEY, name: 'order.id' } }],
    ['a name that is known at deployment only', { excludeAttributes: [exact(Fn.importValue('Attribute')), exact(`card.${Fn.importValue('Attribute')}`)] }, {}],
  ])('needs no warning where it is %s', (_, events, props) => {
    annotationsWith(events, props).hasNoWarning('*', Match.anyValue());
  });
});

describe('a mapping that cannot be parsed', () => {
  const broken = EventMapping.fromInline('export default (');

  test('warns, for the destination and for routes', () => {
    const condition = RouteCondition.keyStartsWith('orderId', 'A');
    const destination = { endpoint: DESTINATION.endpoint, mapping: broken, routes: [{ eventType: 'orders', condition, mapping: EventMapping.fromInline('export default {\n};\nx y') }] };
    const annotations = Annotations.fromStack(outboxStack({ destination }).stack);

    const warning = (text: string): ReturnType<typeof Match.stringLikeRegexp> => Match.stringLikeRegexp(`${text}.*\\[ack: cdk-outbox-table:mappingModule\\]`);
    annotations.hasWarning('/Stack/Orders/Relay', warning('destination.mapping cannot be parsed by Node.js [0-9.]+, in the text "export default \\(", it ends too early: '));
    annotations.hasWarning('/Stack/Orders/Relay', warning("destination.routes\\[0\\].mapping cannot be parsed .*, line 3: Unexpected identifier 'y': "));
  });

  test('needs no warning where it can', () => {
    const mapping = EventMapping.fromInline("import path from 'node:path';\r\nexport default () => ({ sep: path.sep });\r\nawait 1;");

    Annotations.fromStack(outboxStack({ destination: { ...DESTINATION, mapping } }).stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('a stream takes two readers a shard', () => {
  const STREAM_ARN = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000';
  const imported = (stack: Stack, id: string, tableStreamArn = STREAM_ARN): Table =>
    Table.fromTableAttributes(stack, id, { tableName: 'orders', tableStreamArn }) as Table;
  const READERS = '\\[ack: cdk-outbox-table:streamReaders\\]';

  test('a second relay of a table warns, in another stack of the app too, and names the first', () => {
    const { stack, outbox } = outboxStack();
    const other = new Stack(stack.node.root, 'Other');
    new OutboxRelay(other, 'Second', { table: outbox.table, destination: DESTINATION });

    Annotations.fromStack(other).hasWarning('/Other/Second', Match.stringLikeRegexp(`Stack/Orders/Table is read by Stack/Orders/Relay too: .*${READERS}`));
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('a table that is imported twice is one table', () => {
    const stack = newStack();
    new OutboxRelay(stack, 'First', { table: imported(stack, 'A'), destination: DESTINATION });
    new OutboxRelay(stack, 'Second', { table: imported(stack, 'B'), destination: DESTINATION });

    Annotations.fromStack(stack).hasWarning('/Stack/Second', Match.stringLikeRegexp(READERS));
    Annotations.fromStack(stack).hasNoWarning('/Stack/First', Match.anyValue());
  });

  test('relays of other tables, and of the same table in another app, need no warning', () => {
    for (const app of [new App(), new App()]) {
      const stack = new Stack(app, 'Stack');
      new OutboxRelay(stack, 'First', { table: imported(stack, 'A'), destination: DESTINATION });
      new OutboxRelay(stack, 'Second', { table: imported(stack, 'B', STREAM_ARN.replace('2026', '2027')), destination: DESTINATION });
      new OutboxTable(stack, 'Orders', { partitionKey: KEY, destination: DESTINATION });
      new OutboxTable(stack, 'Parcels', { partitionKey: KEY, destination: DESTINATION });

      Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
    }
  });

  test.each([
    [['eu-west-1'], 'has a replica,'],
    [['eu-west-1', 'us-east-1'], 'has 2 replicas,'],
  ])('a table with replicas in %p warns, because one reader is recommended there', (regions, text) => {
    const { stack } = outboxStack({ replicas: regions.map((region) => ({ region })) }, { account: '123456789012', region: 'eu-central-1' });

    Annotations.fromStack(stack).hasWarning('/Stack/Orders/Relay', Match.stringLikeRegexp(`Stack/Orders/Table ${text} .* one reader .* no other region has an outbox, which would publish each change a second time, with another eid \\[ack: cdk-outbox-table:replicaStreamReaders\\]`));
  });
});
