import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RegoEngine, TemplateFile, type Engine } from '@aws/cloudformation-validate';
import { Template } from 'aws-cdk-lib/assertions';
import { CURRENTLY_RECOMMENDED_FLAGS } from 'aws-cdk-lib/cx-api';
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

/** Rules that say nothing of a template's worth here: the CDK depends on roles by itself, and what has the severity INFO is advice. */
const IGNORED = 'W3005';

function findings(template: object): string[] {
  const file = path.join(folder, 'template.json');
  writeFileSync(file, JSON.stringify(template));
  return engine
    .validateStandard(new TemplateFile(file))
    .diagnostics.filter(({ severity, ruleId }) => severity !== 'INFO' && ruleId !== IGNORED)
    .map(({ ruleId, message, entity }) => `${ruleId} ${entity?.logicalId ?? ''}: ${message}`);
}

describe.each([
  ['the fewest', {}],
  ['all', ALL_OPTIONS],
])('CloudFormation finds nothing wrong with %s options', (_, props) => {
  test.each([
    ['no feature flags', undefined, undefined],
    ['all recommended feature flags', CURRENTLY_RECOMMENDED_FLAGS, undefined],
    ['all recommended feature flags, for one account and region', CURRENTLY_RECOMMENDED_FLAGS, { account: '123456789012', region: 'eu-central-1' }],
  ])('with %s', (__, flags, env) => {
    expect(findings(Template.fromStack(outboxStack(props, env, flags).stack).toJSON())).toEqual([]);
  });
});

test('CloudFormation finds what is wrong with a template', () => {
  const template = Template.fromStack(outboxStack().stack).toJSON() as { Resources: Record<string, { Type: string; Properties: Record<string, unknown> }> };
  const [mapping] = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  mapping.Properties.BatchSize = 20_000;

  expect(findings(template)).toEqual([expect.stringMatching(/^F3034 OrdersRelayEventSourceMapping.* 20000 is greater than the maximum of 10000$/)]);
});
