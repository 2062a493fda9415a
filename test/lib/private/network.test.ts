import { Match, Template } from 'aws-cdk-lib/assertions';
import { Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
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
  expect(networkFaults({ destination: DESTINATION, ...options }).filter((found) => found !== undefined)).toEqual([fault]);
});
