import { App, Fn, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Peer, Port, SecurityGroup, Subnet, SubnetType, Vpc, type SubnetSelection, type VpcProps } from 'aws-cdk-lib/aws-ec2';
import type { OutboxRelayOptions } from '../../../lib';
import { networkFaults } from '../../../lib/private/network';
import { DESTINATION, errorOf, newStack, outboxStack } from '../stacks';

test('without a VPC, the functions run in none', () => {
  const template = Template.fromStack(outboxStack().stack);

  template.allResourcesProperties('AWS::Lambda::Function', { VpcConfig: Match.absent() });
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
});

test('in a VPC, both functions run in its private subnets and share a security group that lets them out', () => {
  const { stack } = outboxStack((scope) => ({ vpc: new Vpc(scope, 'Vpc') }));

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::EC2::SecurityGroup', 1);
  template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: [Match.objectLike({ CidrIp: '0.0.0.0/0', IpProtocol: '-1' })] });
  const [group] = Object.keys(template.findResources('AWS::EC2::SecurityGroup'));
  template.allResourcesProperties('AWS::Lambda::Function', {
    VpcConfig: {
      SecurityGroupIds: [{ 'Fn::GetAtt': [group, 'GroupId'] }],
      SubnetIds: [{ Ref: Match.stringLikeRegexp('^VpcPrivateSubnet1') }, { Ref: Match.stringLikeRegexp('^VpcPrivateSubnet2') }],
    },
  });
});

test('both functions take the subnets and the security groups that are given', () => {
  const { stack } = outboxStack((scope) => {
    const vpc = new Vpc(scope, 'Vpc', { natGateways: 0, subnetConfiguration: [{ name: 'Inner', subnetType: SubnetType.PRIVATE_ISOLATED }] });
    const securityGroups = ['One', 'Two'].map((id) => SecurityGroup.fromSecurityGroupId(scope, id, `sg-${id}`));
    return { vpc, vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED, availabilityZones: [vpc.availabilityZones[0]] }, securityGroups };
  });

  const template = Template.fromStack(stack);
  template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  template.allResourcesProperties('AWS::Lambda::Function', {
    VpcConfig: { SecurityGroupIds: ['sg-One', 'sg-Two'], SubnetIds: [{ Ref: Match.stringLikeRegexp('^VpcInnerSubnet1') }] },
  });
});

test('others may be told to let the functions in', () => {
  const { stack, outbox } = outboxStack((scope) => ({ vpc: new Vpc(scope, 'Vpc') }));
  const proxy = new SecurityGroup(stack, 'Proxy', { vpc: stack.node.findChild('Vpc') as Vpc });
  proxy.connections.allowFrom(outbox.relay, Port.tcp(8080));
  outbox.relay.connections.allowFrom(Peer.ipv4('10.0.0.0/8'), Port.tcp(443));

  Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
    GroupId: stack.resolve(proxy.securityGroupId),
    SourceSecurityGroupId: stack.resolve(outbox.relay.connections.securityGroups[0].securityGroupId),
    ToPort: 8080,
  });
});

test('the connections are one object, in which the CDK keeps its state', () => {
  const { outbox } = outboxStack((scope) => ({ vpc: new Vpc(scope, 'Vpc') }));

  expect(outbox.relay.connections).toBe(outbox.relay.connections);
});

test('fails when the connections of functions that run in no VPC are asked for', () => {
  const { outbox } = outboxStack();

  expect(errorOf(() => outbox.relay.connections)).toBe('Stack/Orders/Relay has no connections, because its functions run in no VPC: give it a vpc');
});

const faultsOf = (options: Partial<OutboxRelayOptions>, stack = newStack()): (string | undefined)[] =>
  networkFaults({ destination: DESTINATION, ...options }, stack).filter((found) => found !== undefined);
const inVpc = (props: VpcProps, vpcSubnets?: SubnetSelection): unknown[] =>
  faultsOf({ vpc: new Vpc(newStack(), 'Vpc', { maxAzs: 2, ...props }), vpcSubnets });
const ONLY_PUBLIC: VpcProps = { subnetConfiguration: [{ name: 'Open', subnetType: SubnetType.PUBLIC }] };

const OPEN = 'a function has no public address, so that it reaches neither Nakadi nor AWS there';

test.each<[string, VpcProps, SubnetSelection | undefined, string]>([
  ['the VPC has public subnets only', ONLY_PUBLIC, undefined, `vpc must have private subnets, got Stack/Vpc with public ones only: ${OPEN}; give it subnets with a NAT gateway`],
  [
    'public subnets are chosen',
    {},
    { subnetGroupName: 'Public' },
    `vpcSubnets must not be public, got Stack/Vpc/PublicSubnet1, Stack/Vpc/PublicSubnet2: ${OPEN}; choose subnets with a NAT gateway`,
  ],
])('fails when %s', (_, props, vpcSubnets, fault) => {
  expect(inVpc(props, vpcSubnets)).toEqual([fault]);
});

test('fails when a VPC is imported without its subnets', () => {
  const vpc = Vpc.fromVpcAttributes(newStack(), 'Vpc', { vpcId: 'vpc-1', availabilityZones: ['eu-central-1a'] });

  expect(faultsOf({ vpc })).toEqual(['vpc must have private subnets, got Stack/Vpc without subnets: import it with its privateSubnetIds, or look it up']);
});

test.each<[string, VpcProps, SubnetSelection, string]>([
  [
    'the VPC has no subnets of the type',
    ONLY_PUBLIC,
    { subnetType: SubnetType.PRIVATE_WITH_EGRESS },
    "vpcSubnets must choose subnets of Stack/Vpc, which fails: There are no 'Private' subnet groups in this VPC. Available types: Public",
  ],
  ['the list of subnets is empty', {}, { subnets: [] }, 'vpcSubnets must choose subnets of Stack/Vpc, got none: name others, or leave them out'],
  ['nothing is left of the subnets', {}, { availabilityZones: ['eu-north-1a'] }, 'vpcSubnets must choose subnets of Stack/Vpc, got none: name others, or leave them out'],
])('fails when %s', (_, props, vpcSubnets, fault) => {
  expect(inVpc(props, vpcSubnets)).toEqual([fault]);
});

test('public subnets are one fault among all', () => {
  const message = errorOf(() => outboxStack((scope) => ({ vpc: new Vpc(scope, 'Vpc', ONLY_PUBLIC), batchSize: 0 })));

  expect(message).toContain('  - batchSize must be');
  expect(message).toContain('  - vpc must have private subnets');
});

test('subnets that are known at deployment only pass', () => {
  const stack = newStack();
  const vpc = Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: Fn.importValue('Vpc'), availabilityZones: ['a'], publicSubnetIds: [Fn.importValue('Public')] });
  const subnets = [Subnet.fromSubnetId(stack, 'Subnet', Fn.importValue('Private'))];

  expect(faultsOf({ vpc, vpcSubnets: { subnets } })).toEqual([]);
});

test('a VPC that is looked up passes until it is known', () => {
  const stack = newStack({ account: '123456789012', region: 'eu-central-1' });
  const vpc = Vpc.fromLookup(stack, 'Vpc', { vpcId: 'vpc-1' });

  expect(faultsOf({ vpc, vpcSubnets: { subnetGroupName: 'Inner' } }, stack)).toEqual([]);
});

test.each([
  [
    'subnets are given without a VPC',
    { vpcSubnets: { subnetType: SubnetType.PRIVATE_ISOLATED } },
    'vpcSubnets need a vpc, got none: give the vpc that they belong to, or leave them out',
  ],
  [
    'security groups are given without a VPC',
    { securityGroups: [SecurityGroup.fromSecurityGroupId(newStack(), 'Group', 'sg-1')] },
    'securityGroups need a vpc, got none: give the vpc that they belong to, or leave them out',
  ],
  [
    'the list of security groups is empty',
    { vpc: new Vpc(newStack(), 'Vpc'), securityGroups: [] },
    'securityGroups must have at least one, got none: leave them out, and one is made',
  ],
])('fails when %s', (_, options, fault) => {
  expect(faultsOf(options)).toEqual([fault]);
});

describe('a VPC and security groups of another region', () => {
  const inIreland = { account: '123456789012', region: 'eu-west-1' };
  const there = new Stack(new App(), 'There', { env: inIreland });
  const vpc = new Vpc(there, 'Vpc', { maxAzs: 2 });
  const securityGroups = [new SecurityGroup(there, 'One', { vpc }), new SecurityGroup(there, 'Two', { vpc })];

  test('are faults', () => {
    expect(faultsOf({ vpc, securityGroups }, newStack({ ...inIreland, region: 'eu-central-1' }))).toEqual([
      'vpc must be in the region of the outbox, got There/Vpc of eu-west-1 and eu-central-1: give one of eu-central-1',
      'securityGroups[0] must be in the region of the outbox, got There/One of eu-west-1 and eu-central-1: give one of eu-central-1',
      'securityGroups[1] must be in the region of the outbox, got There/Two of eu-west-1 and eu-central-1: give one of eu-central-1',
    ]);
  });

  test.each<[string, Stack]>([
    ['for any region', newStack()],
    ['for the same region', newStack(inIreland)],
    ['for another account, with which the VPC may be shared', newStack({ ...inIreland, account: '210987654321' })],
  ])('pass in a stack %s', (_, stack) => {
    expect(faultsOf({ vpc, securityGroups }, stack)).toEqual([]);
  });
});

test.each<[string, object, string]>([
  ['the VPC is an id', { vpc: 'vpc-1' }, 'vpc must be a Vpc, got "vpc-1": define one, or import it by Vpc.fromLookup or Vpc.fromVpcAttributes'],
  ['the VPC is null', { vpc: null }, 'vpc must be a Vpc, got null: define one, or import it by Vpc.fromLookup or Vpc.fromVpcAttributes'],
  ['the subnets are a text', { vpcSubnets: 'private' }, 'vpcSubnets must be a SubnetSelection, got "private": name a subnetType, a subnetGroupName or subnets in it'],
  ['the security groups are no list', { securityGroups: 'sg-1' }, 'securityGroups must be a list of security groups, got "sg-1": give a list'],
  ['a security group is an id', { securityGroups: ['sg-1'] }, 'securityGroups[0] must be a SecurityGroup, got "sg-1": define one, or import it by SecurityGroup.fromSecurityGroupId'],
])('fails when %s, which compilers refuse', (_, options, fault) => {
  expect(networkFaults({ destination: DESTINATION, ...options }, newStack())).toEqual([fault]);
});
