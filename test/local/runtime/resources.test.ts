import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnCondition, CfnOutput, CfnParameter, CfnResource, Fn, Stack, Stage } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Alias, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { readCloudAssembly } from '../../../local/runtime/cloud-assembly.ts';
import { Resources, type ResourcesOptions } from '../../../local/runtime/resources.ts';
import { moduleCode, removeFolders, synth, temporaryFolder } from './synth';

afterAll(removeFolders);

const OPTIONS: ResourcesOptions = { region: 'eu-west-1', suffix: 'ABCD1234', sqsEndpoint: 'http://127.0.0.1:1' };

function resources(define: Parameters<typeof synth>[0], options: Partial<ResourcesOptions> = {}): Resources {
  return new Resources(readCloudAssembly(synth(define)), { ...OPTIONS, ...options });
}

test('names are those of CloudFormation: stack, logical id, and a suffix that tells runtimes apart', () => {
  const define: Parameters<typeof synth>[0] = (app) => { new Table(new Stack(app, 'Orders'), 'Table', { partitionKey: { name: 'pk', type: AttributeType.STRING } }); };
  const { name, attributes } = resources(define).find('Orders/Table');
  expect(name).toMatch(/^Orders-TableCD117FA1-[0-9A-F]{5}ABCD1234$/);
  expect(attributes.Arn).toBe(`arn:aws:dynamodb:ddblocal:000000000000:table/${name}`);
  expect(resources(define, { suffix: 'OTHER678' }).find('Orders/Table').name).not.toBe(name);
});

test('long names are shortened and stay distinct', () => {
  const found = resources((app) => {
    const stack = new Stack(app, 'S'.repeat(60));
    new Queue(stack, 'Q'.repeat(40) + 'A');
    new Queue(stack, 'Q'.repeat(40) + 'B');
  }).ofKind('queue').map(({ name }) => name);
  expect(new Set(found).size).toBe(2);
  for (const name of found) expect(name.length).toBeLessThanOrEqual(80);
});

test('explicit names stay, and parameters, conditions, pseudo parameters and imports are resolved', () => {
  const found = resources((app) => {
    const producer = new Stack(app, 'Producer');
    const queue = new Queue(producer, 'Queue');
    const stage = new CfnParameter(producer, 'Stage', { default: 'test' });
    const never = new CfnCondition(producer, 'Never', { expression: Fn.conditionEquals(stage.valueAsString, 'live') });
    new CfnResource(producer, 'Absent', { type: 'AWS::S3::Bucket' }).cfnOptions.condition = never;
    new Queue(producer, 'Named', { queueName: Fn.join('-', ['orders', stage.valueAsString]) });
    new CfnOutput(producer, 'Exported', { value: queue.queueArn, exportName: 'queue-arn' });
    new Queue(new Stack(app, 'Consumer'), 'Reader', { queueName: Fn.select(5, Fn.split(':', Fn.importValue('queue-arn'))) });
  });
  expect(found.find('Producer/Named').name).toBe('orders-test');
  expect(found.find('Consumer/Reader').name).toBe(found.find('Producer/Queue').name);
  expect(found.find('Producer/Queue').ref).toBe(`http://127.0.0.1:1/000000000000/${found.find('Producer/Queue').name}`);
  expect(found.find('Producer/Queue').attributes.Arn).toMatch(/^arn:aws:sqs:eu-west-1:000000000000:Producer-Queue/);
});

test('a parameter that the caller gives comes before its default', () => {
  const found = resources((app) => {
    const stack = new Stack(app, 'S');
    new Queue(stack, 'Q', { queueName: new CfnParameter(stack, 'Name', { default: 'x' }).valueAsString });
  }, { parameters: { Name: 'given' } });
  expect(found.find('S/Q').name).toBe('given');
});

test('stages and construct paths are found, and an alias is its function', () => {
  const found = resources((app) => {
    const stack = new Stack(new Stage(app, 'Test'), 'Stack');
    const code = new Function(stack, 'Function', { runtime: Runtime.NODEJS_24_X, handler: 'index.handler', code: moduleCode('') });
    new Alias(stack, 'Alias', { aliasName: 'live', version: code.currentVersion });
  });
  const { logicalId, attributes } = found.find('Test/Stack/Function');
  expect(found.find(logicalId).path).toBe('Test/Stack/Function/Resource');
  expect(found.find('Test/Stack/Alias').ref).toBe(`${attributes.Arn}:live`);
  expect(found.byReference('function', `${attributes.Arn}:live`)?.logicalId).toBe(logicalId);
});

describe('fails when', () => {
  test('a resource matters and is not supported, unless the caller leaves it out', () => {
    const define: Parameters<typeof synth>[0] = (app) => { new CfnResource(new Stack(app, 'S'), 'Bucket', { type: 'AWS::S3::Bucket' }); };
    expect(() => resources(define)).toThrow('does not support S/Bucket (logical id Bucket, AWS::S3::Bucket); name the types or logical ids in the option ignore');
    expect(resources(define, { ignore: ['AWS::S3::*'] }).ofKind('ignored').map(({ path }) => path)).toEqual(['S/Bucket']);
    expect(resources(define, { ignore: ['Bucket'] }).ofKind('ignored')).toHaveLength(1);
  });

  test('an import has no export', () => {
    expect(() => resources((app) => { new Queue(new Stack(app, 'S'), 'Q', { queueName: Fn.importValue('nowhere') }); })).toThrow('S/Q/Resource imports nowhere, which no stack of the assembly exports');
  });

  test('a parameter has no value', () => {
    expect(() => resources((app) => {
      const stack = new Stack(app, 'S');
      new Queue(stack, 'Q', { queueName: new CfnParameter(stack, 'Name').valueAsString });
    })).toThrow('needs a value for the parameter Name');
  });

  test('an id names nothing, or several resources', () => {
    const found = resources((app) => { for (const id of ['A', 'B']) new Queue(new Stack(app, id), 'Q'); });
    expect(() => found.find('Nothing')).toThrow('no resource has the logical id or construct path Nothing; there are A/Q/Resource, B/Q/Resource');
    expect(() => found.find(found.find('A/Q').logicalId)).toThrow('names several resources');
    expect(found.find(`A.${found.find('A/Q').logicalId}`).path).toBe('A/Q/Resource');
  });

  test('the folder holds no cloud assembly, or a broken one', () => {
    const folder = temporaryFolder();
    expect(() => readCloudAssembly(folder)).toThrow('holds no cloud assembly (no manifest.json); run cdk synth');
    writeFileSync(join(folder, 'manifest.json'), '{');
    expect(() => readCloudAssembly(folder)).toThrow('cannot read');
  });
});
