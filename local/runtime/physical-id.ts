import { createHash } from 'node:crypto';
import type { ResourceKind } from './resource-types.ts';

/** The account of every local resource: DynamoDB Local and fauxqs know only this one. */
export const LOCAL_ACCOUNT = '000000000000';

/** The region that DynamoDB Local writes into the ARNs of its tables and streams. */
export const DYNAMODB_LOCAL_REGION = 'ddblocal';

/** What `Ref` and `Fn::GetAtt` give for a resource. */
export interface PhysicalId {
  readonly name: string;
  readonly ref: string;
  /** Values of `Fn::GetAtt` by attribute name. */
  readonly attributes: Record<string, string>;
}

/** What physical ids are made of, beside the name. */
export interface PhysicalIdContext {
  readonly region: string;
  /** Endpoint of the SQS service, which queue URLs start with. */
  readonly sqsEndpoint: string;
}

/** Longest physical name that the service of a resource accepts, in characters. */
const LONGEST_NAME: Partial<Record<ResourceKind | 'ignored', number>> = { table: 255, queue: 80, function: 64, schedule: 64 };

/**
 * A physical name as CloudFormation makes one: stack, logical id, random suffix.
 * @param suffix - one per runtime, so that several of them can share a database.
 */
export function physicalName(kind: ResourceKind | 'ignored', stackName: string, logicalId: string, suffix: string): string {
  const longest = LONGEST_NAME[kind] ?? 128;
  const name = `${stackName}-${logicalId}`;
  // The suffix alone does not tell apart two ids that are the same once shortened.
  const tail = `-${createHash('sha256').update(`${name}${suffix}`).digest('hex').slice(0, 5).toUpperCase()}${suffix}`;
  return name.slice(0, longest - tail.length) + tail;
}

/** The `Ref` and attributes of a resource by its kind; a stream's ARN is added when the table exists. */
export function physicalId(kind: ResourceKind | 'ignored', type: string, name: string, context: PhysicalIdContext): PhysicalId {
  const arn = (service: string, resource: string, region = context.region): string => `arn:aws:${service}:${region}:${LOCAL_ACCOUNT}:${resource}`;
  switch (kind) {
    case 'table': return { name, ref: name, attributes: { Arn: arn('dynamodb', `table/${name}`, DYNAMODB_LOCAL_REGION) } };
    case 'queue': {
      const url = `${context.sqsEndpoint}/${LOCAL_ACCOUNT}/${name}`;
      return { name, ref: url, attributes: { Arn: arn('sqs', name), QueueName: name, QueueUrl: url } };
    }
    case 'secret': {
      const random = createHash('sha256').update(name).digest('base64url').replace(/[-_]/g, 'x').slice(0, 6);
      const secretArn = arn('secretsmanager', `secret:${name}-${random}`);
      return { name, ref: secretArn, attributes: { Id: secretArn } };
    }
    case 'function': return { name, ref: name, attributes: { Arn: arn('lambda', `function:${name}`) } };
    case 'eventSourceMapping': {
      const hash = createHash('sha256').update(name).digest('hex');
      const uuid = [8, 12, 16, 20, 32].map((end, index) => hash.slice([0, 8, 12, 16, 20][index], end)).join('-');
      return { name: uuid, ref: uuid, attributes: { Id: uuid, EventSourceMappingArn: arn('lambda', `event-source-mapping:${uuid}`) } };
    }
    case 'schedule': {
      const schedule = type === 'AWS::Scheduler::Schedule' ? arn('scheduler', `schedule/default/${name}`) : arn('events', `rule/${name}`);
      return { name, ref: name, attributes: { Arn: schedule } };
    }
    case 'alias': case 'asyncConfiguration': return { name, ref: name, attributes: {} };
    case 'ignored': {
      const service = type.split('::')[1]?.toLowerCase() ?? 'local';
      return { name, ref: name, attributes: { Arn: arn(service, name) } };
    }
  }
}
