import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RegoEngine, TemplateFile, type Engine } from '@aws/cloudformation-validate';
import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
import { OutboxAlarm, OutboxMonitoring, type OutboxMonitoringProps } from '../../lib';
import { ALL_OPTIONS } from './all-options';
import { outboxStack } from './stacks';

let engine: Engine;
let folder: string;

beforeAll(() => {
  engine = new RegoEngine(); // takes seconds: once for all
  folder = mkdtempSync(path.join(tmpdir(), 'templates-'));
});
afterAll(() => {
  engine.free();
  rmSync(folder, { recursive: true });
});

/**
 * The rule against a DependsOn where a reference tells the same. The CDK makes every function depend on its role, besides what the function's
 * properties say, so that the role's policies are there first: such a DependsOn is redundant to the rule, and no harm. What has the severity INFO is
 * advice.
 */
const IGNORED = 'W3005';

const ALL_THRESHOLDS: Omit<OutboxMonitoringProps, 'relay'> = {
  alarmActions: [{ bind: () => ({ alarmActionArn: 'arn:aws:sns:eu-central-1:123456789012:on-call' }) }],
  excludeAlarms: [OutboxAlarm.DEAD_LETTERS_LOST],
  iteratorAgeThreshold: Duration.hours(6),
  parkedEventAgeThreshold: Duration.hours(8),
  deadLetterThreshold: Duration.hours(12),
  notDeliveringThreshold: Duration.hours(24),
  relayNotInvokedThreshold: Duration.hours(24),
  requeueStoppedThreshold: Duration.hours(24),
};

function findings(template: object): string[] {
  const file = path.join(folder, 'template.json');
  writeFileSync(file, JSON.stringify(template));
  return engine
    .validateStandard(new TemplateFile(file))
    .diagnostics.filter(({ severity, ruleId }) => severity !== 'INFO' && ruleId !== IGNORED)
    .map(({ ruleId, message, entity }) => `${ruleId} ${entity?.logicalId ?? ''}: ${message}`);
}

describe.each([
  ['the fewest', {}, {}],
  ['all', ALL_OPTIONS, ALL_THRESHOLDS],
])('CloudFormation finds nothing wrong with %s options', (_, props, monitoring) => {
  test.each([
    ['no feature flags', undefined, undefined],
    ['all recommended feature flags', CURRENTLY_RECOMMENDED_FLAGS, undefined],
    ['all recommended feature flags, for one account and region', CURRENTLY_RECOMMENDED_FLAGS, { account: '123456789012', region: 'eu-central-1' }],
  ])('with %s', (__, flags, env) => {
    const { stack, outbox } = outboxStack(props, env, flags);
    new OutboxMonitoring(stack, 'Monitoring', { relay: outbox.relay, ...monitoring });

    expect(findings(Template.fromStack(stack).toJSON())).toEqual([]);
  });
});

test('CloudFormation finds what is wrong with a template', () => {
  const template = Template.fromStack(outboxStack().stack).toJSON() as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
  const [mapping] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  mapping.Properties.BatchSize = 20_000;

  expect(findings(template)).toEqual([expect.stringMatching(/^F3034 OrdersRelayEventSourceMapping.* 20000 is greater than the maximum of 10000$/)]);
});
