import { App, Tags, type Environment, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { Construct } from 'constructs';
import { OutboxTable } from '../../lib';
import { ALL_OPTIONS } from './all-options';
import { DESTINATION, KEY, newStack, outboxStack } from './stacks';

interface Resource {
  readonly Type: string;
  readonly Properties?: Record<string, unknown>;
}

const resourcesOf = (stack: Stack): Record<string, Resource> => Template.fromStack(stack).toJSON().Resources as Record<string, Resource>;

const ENVIRONMENTS: [string, Environment | undefined][] = [
  ['for any environment', undefined],
  ['for one account and region', { account: '123456789012', region: 'eu-central-1' }],
];

describe.each(ENVIRONMENTS)('a stack %s', (_, env) => {
  test.each([
    ['no feature flags', undefined],
    ['all recommended feature flags', CURRENTLY_RECOMMENDED_FLAGS],
  ])('has the same template at every synth, with %s', (__, flags) => {
    const [first, second] = [1, 2].map(() => Template.fromStack(outboxStack(ALL_OPTIONS, env, flags).stack).toJSON());

    expect(first).toEqual(second);
  });
});

test('feature flags change neither the kinds of resources nor their number', () => {
  const [without, withFlags] = [undefined, CURRENTLY_RECOMMENDED_FLAGS].map((flags) =>
    Object.values(resourcesOf(outboxStack({}, undefined, flags).stack))
      .map(({ Type }) => Type)
      .sort(),
  );

  expect(withFlags).toEqual(without);
});

describe('ids and names', () => {
  const LONG = 'Orders'.repeat(50);

  test('may be longer than CloudFormation takes', () => {
    const stack = newStack();
    new OutboxTable(new Construct(stack, LONG), LONG, { partitionKey: KEY, destination: DESTINATION });

    const ids = Object.keys(resourcesOf(stack));
    expect(ids.length).toBeGreaterThan(10);
    expect(ids.filter((id) => id.length > 255)).toEqual([]);
  });

  test('do not meet where outboxes stand beside, and inside, one another', () => {
    const stack = newStack();
    const ids = ['Orders', 'OrdersRelay', 'Relay', 'Table'];
    const outboxes = ids.map((id) => new OutboxTable(stack, id, { partitionKey: KEY, destination: DESTINATION }));
    outboxes.push(...ids.map((id) => new OutboxTable(new Construct(stack, `${id}Scope`), 'Orders', { partitionKey: KEY, destination: DESTINATION })));
    outboxes.push(new OutboxTable(outboxes[0], 'Inner', { partitionKey: KEY, destination: DESTINATION }));

    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', outboxes.length);
    template.resourceCountIs('AWS::DynamoDB::GlobalTable', 2 * outboxes.length);
  });

  test('are chosen by CloudFormation, whatever is asked for', () => {
    const names = ['TableName', 'QueueName', 'FunctionName', 'RoleName', 'PolicyName', 'LogGroupName', 'GroupName', 'Name', 'ScheduleName'];
    const named = Object.values(resourcesOf(outboxStack(ALL_OPTIONS).stack)).filter(
      ({ Type, Properties = {} }) => names.some((name) => typeof Properties[name] === 'string') && Type !== 'AWS::IAM::Policy',
    );

    expect(named).toEqual([]);
  });
});

test('fails when the scope is in no stack', () => {
  expect(() => new OutboxTable(new App(), 'Orders', { partitionKey: KEY, destination: DESTINATION })).toThrow(/should be created in the scope of a Stack/);
});

test('tags reach all that can be tagged', () => {
  const { stack, outbox } = outboxStack(ALL_OPTIONS);
  Tags.of(outbox).add('team', 'orders');

  const TAGGED = [
    'AWS::DynamoDB::GlobalTable', 'AWS::SQS::Queue', 'AWS::Lambda::Function', 'AWS::Lambda::EventSourceMapping', 'AWS::Logs::LogGroup', 'AWS::IAM::Role',
    'AWS::EC2::SecurityGroup',
  ];
  const inside = Object.entries(resourcesOf(stack)).filter(([id, { Type }]) => id.startsWith('Orders') && TAGGED.includes(Type));
  expect(new Set(inside.map(([, { Type }]) => Type))).toEqual(new Set(TAGGED));
  expect(inside.filter(([, { Properties }]) => !/"team","Value":"orders"|"Value":"orders","Key":"team"/.test(JSON.stringify(Properties))).map(([id]) => id)).toEqual([]);
});

test('a permissions boundary reaches each role', () => {
  const { stack, outbox } = outboxStack();
  PermissionsBoundary.of(outbox).apply(ManagedPolicy.fromAwsManagedPolicyName('PowerUserAccess'));

  const roles = Object.values(resourcesOf(stack)).filter(({ Type }) => Type === 'AWS::IAM::Role');
  expect(roles).toHaveLength(3);
  expect(roles.filter(({ Properties }) => Properties?.PermissionsBoundary === undefined)).toEqual([]);
});
