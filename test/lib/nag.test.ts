import { Validations, type PolicyViolation, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Tracing } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks, type NagPack } from 'cdk-nag';
import type { OutboxTableProps } from '../../lib';
import { ALL_OPTIONS } from './all-options';
import { outboxStack } from './stacks';

type PropsOf = (stack: Stack) => Partial<OutboxTableProps>;

/** What the rules find in the stack's outbox, as `rule path`. What stands beside the outbox is the team's own. */
function findings(pack: NagPack, stack: Stack): string[] {
  return pack
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }: PolicyViolation) => violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath ?? ''}`))
    .filter((finding) => finding.includes(' Stack/Orders/'));
}

const VARIANTS: [string, PropsOf][] = [
  ['the fewest options', () => ({})],
  ['all options', ALL_OPTIONS],
  ['a VPC', (stack) => ({ vpc: new Vpc(stack, 'Vpc') })],
];

describe.each(VARIANTS)('with %s', (_, props) => {
  test('AwsSolutions finds nothing in an outbox', () => {
    expect(findings(new AwsSolutionsChecks(), outboxStack(props).stack)).toEqual([]);
  });

  test('Serverless finds nothing in an outbox but that it is not traced unless it is asked to be', () => {
    expect(findings(new ServerlessChecks(), outboxStack((stack) => ({ ...props(stack), tracing: Tracing.ACTIVE })).stack)).toEqual([]);
  });
});

interface Acknowledged {
  readonly path: string;
  readonly rules: string[];
}

/** The constructs of the outbox at which rules are acknowledged. */
function acknowledged(props: PropsOf): Acknowledged[] {
  const { outbox } = outboxStack(props);
  return outbox.node.findAll().flatMap(({ node }) => {
    const rules = node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY).flatMap(({ data }) => Object.entries(data as object));
    expect(rules.every(([, reason]) => String(reason).length > 40)).toBe(true);
    return rules.length === 0 ? [] : [{ path: node.path, rules: [...new Set(rules.map(([id]) => id.replace(/^annotation::/i, '')))] }];
  });
}

const ALWAYS: Acknowledged[] = [
  { path: 'Stack/Orders/Relay/DeadLetterQueue', rules: ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy'] },
  { path: 'Stack/Orders/Relay/Relay/Function', rules: ['Serverless-LambdaDLQ'] },
  { path: 'Stack/Orders/Relay/Requeue/Function', rules: ['Serverless-LambdaDLQ', 'Serverless-LambdaAsyncFailureDestination'] },
];
const ROLES: Acknowledged[] = ['Relay', 'Requeue'].map((name) => ({ path: `Stack/Orders/Relay/${name}/Role`, rules: ['AwsSolutions-IAM5[Resource::*]'] }));
const sorted = (given: Acknowledged[]): Acknowledged[] => given.toSorted((one, other) => one.path.localeCompare(other.path));

test('rules are acknowledged where they must be, each with its reason, and nowhere else', () => {
  expect(sorted(acknowledged(() => ({})))).toEqual(sorted(ALWAYS));
});

test.each<[string, PropsOf]>([
  ['vpc', (stack) => ({ vpc: new Vpc(stack, 'Vpc') })],
  ['tracing', () => ({ tracing: Tracing.PASS_THROUGH })],
])('wildcards in the roles are acknowledged where %s needs them', (_, props) => {
  expect(sorted(acknowledged(props))).toEqual(sorted([...ALWAYS, ...ROLES]));
});

test('what is acknowledged in the outbox is still found beside it', () => {
  const { stack } = outboxStack();
  new Queue(stack, 'Other', { enforceSSL: true });

  expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([
    expect.objectContaining({ ruleName: 'AwsSolutions-SQS3', violatingResources: [expect.objectContaining({ constructPath: 'Stack/Other/Resource' })] }),
  ]);
});

test('nothing that is acknowledged enters the template', () => {
  expect(JSON.stringify(Template.fromStack(outboxStack(ALL_OPTIONS).stack).toJSON())).not.toMatch(/AwsSolutions|cdk_nag|Serverless-/);
});

/** cdk-nag has rules for `AWS::DynamoDB::Table` only, and says nothing of what TableV2 makes. */
describe('what cdk-nag does not see: the table of parked events', () => {
  const tableOf = (props: PropsOf): { resource: Record<string, unknown>; properties: Record<string, unknown>; stack: Stack } => {
    const { stack, outbox } = outboxStack(props);
    const id = stack.getLogicalId(outbox.relay.parkedEventsTable.node.defaultChild as never);
    const resource = Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable')[id] as Record<string, unknown>;
    return { resource, properties: resource.Properties as Record<string, unknown>, stack };
  };

  test.each(VARIANTS)('can be restored to a point in time, with %s', (_, props) => {
    expect(tableOf(props).properties.Replicas).toEqual([expect.objectContaining({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })]);
  });

  test('stays when the stack goes, and when it is replaced', () => {
    expect(tableOf(() => ({})).resource).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('is encrypted: by DynamoDB, or with the key of the team', () => {
    expect(tableOf(() => ({})).properties).not.toHaveProperty('SSESpecification');

    const { properties, stack } = tableOf((scope) => ({ relayEncryptionKey: new Key(scope, 'Key') }));
    const keyId = stack.resolve((stack.node.findChild('Key') as Key).keyArn) as unknown;
    expect(properties).toMatchObject({ SSESpecification: { SSEEnabled: true, SSEType: 'KMS' }, Replicas: [{ SSESpecification: { KMSMasterKeyId: keyId } }] });
  });

  test('forgets closed heads, and is paid for by use', () => {
    expect(tableOf(() => ({})).properties).toMatchObject({
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      BillingMode: 'PAY_PER_REQUEST',
    });
  });
});
