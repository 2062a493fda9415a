import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { OutboxRelayOptions } from '../outbox-relay-options';

/** Where in a VPC the functions run. */
export interface Network {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups: ec2.ISecurityGroup[];
}

/**
 * What Lambda does to place a function in a VPC, in the name of the function's role. Describing cannot be limited to a resource, and Lambda
 * refuses roles that may not delete every interface.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html
 */
export const NETWORK_ACTIONS = [
  'ec2:CreateNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:DeleteNetworkInterface',
  'ec2:AssignPrivateIpAddresses',
  'ec2:UnassignPrivateIpAddresses',
];

/** The network of the functions, with a security group for both where none is given; undefined where they are in no VPC. */
export function networkOf(scope: Construct, { vpc, vpcSubnets, securityGroups }: OutboxRelayOptions): Network | undefined {
  if (vpc === undefined) {
    return undefined;
  }
  return {
    vpc,
    vpcSubnets,
    securityGroups: securityGroups ?? [
      new ec2.SecurityGroup(scope, 'SecurityGroup', { vpc, description: 'The functions of an outbox, which call Nakadi and AWS.' }),
    ],
  };
}

/** What is wrong with what is said of the network. */
export function networkFaults({ vpc, vpcSubnets, securityGroups }: OutboxRelayOptions): (string | undefined)[] {
  return [
    vpc === undefined && vpcSubnets !== undefined ? 'vpcSubnets need a vpc, got none: give the vpc that they belong to, or leave them out' : undefined,
    vpc === undefined && securityGroups !== undefined
      ? 'securityGroups need a vpc, got none: give the vpc that they belong to, or leave them out'
      : undefined,
    securityGroups?.length === 0 ? 'securityGroups must have at least one, got none: leave them out, and one is made' : undefined,
  ];
}
