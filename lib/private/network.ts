import type { Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { areDifferent } from './unknown-value';
import { shown } from './validate-choice';

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

/** Paths of the subnets, among those that the functions run in, from which no way leads out of the VPC. The options must be without faults. */
export function isolatedSubnets({ vpc, vpcSubnets }: OutboxRelayOptions): string[] {
  if (vpc === undefined) {
    return [];
  }
  const chosen = vpc.selectSubnets(vpcSubnets).subnets;
  const withWayOut = among(vpc.privateSubnets, chosen);
  // What stands for a VPC that is still to be looked up has the same subnets in both.
  return among(vpc.isolatedSubnets, chosen).filter((subnet) => !withWayOut.includes(subnet));
}

/** What is wrong with what is said of the network. What is not known before deployment (tokens) passes. */
export function networkFaults(options: OutboxRelayOptions, stack: Stack): (string | undefined)[] {
  const { vpc, vpcSubnets, securityGroups } = options;
  const kinds = kindFaults(options).filter((fault) => fault !== undefined);
  if (kinds.length > 0) {
    return kinds;
  }
  return [
    vpc === undefined && vpcSubnets !== undefined ? 'vpcSubnets need a vpc, got none: give the vpc that they belong to, or leave them out' : undefined,
    vpc === undefined && securityGroups !== undefined
      ? 'securityGroups need a vpc, got none: give the vpc that they belong to, or leave them out'
      : undefined,
    securityGroups?.length === 0 ? 'securityGroups must have at least one, got none: leave them out, and one is made' : undefined,
    vpc === undefined ? undefined : subnetFault(vpc, vpcSubnets),
    vpc === undefined ? undefined : elsewhere('vpc', vpc, stack),
    ...(securityGroups ?? []).map((group, index) => elsewhere(`securityGroups[${index}]`, group, stack)),
  ];
}

/** What is not of the kind that its type says. Compilers see to it, but not for those who write JavaScript or cast. */
function kindFaults({ vpc, vpcSubnets, securityGroups }: OutboxRelayOptions): (string | undefined)[] {
  const groups = securityGroups ?? [];
  return [
    vpc === undefined || typeof vpc?.vpcId === 'string' ? undefined : `vpc must be a Vpc, got ${shown(vpc)}: define one, or import it by Vpc.fromLookup or Vpc.fromVpcAttributes`,
    vpcSubnets === undefined || (typeof vpcSubnets === 'object' && vpcSubnets !== null)
      ? undefined
      : `vpcSubnets must be a SubnetSelection, got ${shown(vpcSubnets)}: name a subnetType, a subnetGroupName or subnets in it`,
    ...(Array.isArray(groups)
      ? groups.map((group, index) =>
          typeof group?.securityGroupId === 'string'
            ? undefined
            : `securityGroups[${index}] must be a SecurityGroup, got ${shown(group)}: define one, or import it by SecurityGroup.fromSecurityGroupId`,
        )
      : [`securityGroups must be a list of security groups, got ${shown(groups)}: give a list`]),
  ];
}

/** Functions have their interfaces in their own region. The account may be another one: that of a VPC which is shared. */
function elsewhere(name: string, { env, node }: ec2.IVpc | ec2.ISecurityGroup, { region }: Stack): string | undefined {
  return areDifferent(env.region, region)
    ? `${name} must be in the region of the outbox, got ${node.path} of ${env.region} and ${region}: give one of ${region}`
    : undefined;
}

function subnetFault(vpc: ec2.IVpc, vpcSubnets?: ec2.SubnetSelection): string | undefined {
  const chosen = select(vpc, vpcSubnets);
  const given = vpcSubnets !== undefined;
  if (chosen instanceof Error || (chosen.subnets.length === 0 && !chosen.isPendingLookup)) {
    if (!given) {
      return `vpc must have private subnets, got ${vpc.node.path} without subnets: import it with its privateSubnetIds, or look it up`;
    }
    const what = chosen instanceof Error ? `which fails: ${chosen.message}` : 'got none: name others, or leave them out';
    return `vpcSubnets must choose subnets of ${vpc.node.path}, ${what}`;
  }
  const open = among(vpc.publicSubnets, chosen.subnets);
  if (open.length === 0) {
    return undefined;
  }
  const wrong = given ? `vpcSubnets must not be public, got ${open.join(', ')}` : `vpc must have private subnets, got ${vpc.node.path} with public ones only`;
  const remedy = given ? 'choose subnets' : 'give it subnets';
  return `${wrong}: a function has no public address, so that it reaches neither Nakadi nor AWS there; ${remedy} with a NAT gateway`;
}

/** The chosen subnets; where there are none such, what the CDK says of it. */
function select(vpc: ec2.IVpc, vpcSubnets?: ec2.SubnetSelection): ec2.SelectedSubnets | Error {
  try {
    return vpc.selectSubnets(vpcSubnets);
  } catch (error) {
    return error as Error;
  }
}

/** Paths of the chosen subnets that are of a kind. */
function among(kind: ec2.ISubnet[], chosen: ec2.ISubnet[]): string[] {
  const ids = new Set(kind.map(({ subnetId }) => subnetId));
  return chosen.filter(({ subnetId }) => ids.has(subnetId)).map(({ node }) => node.path);
}
