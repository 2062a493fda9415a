import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { grantStoreKeys } from './encryption';
import { PARKED_EVENTS } from './handler-contract';

/** What the relay does to the parked-events table: reads heads, and writes head and rows in one transaction. */
const PARK_ACTIONS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** What the requeue does to it: the same, and drains the rows. It queries, too. */
const DRAIN_ACTIONS = ['dynamodb:BatchGetItem', 'dynamodb:PartiQLSelect', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:BatchWriteItem'];

/** What operators do to it: they show items, make them due, and move what they skip aside. They query, too. */
const OPERATE_ACTIONS = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem'];

/** The only thing that is done to the index of open items. */
const QUERY_ACTIONS = ['dynamodb:Query'];

/**
 * The table beside the outbox that holds, per item, a head and the records that wait.
 */
export class Parking extends Construct {
  public readonly table: dynamodb.TableV2;
  /** The team's key, and the table's own where a property injector of the app has set one. */
  public readonly keys: readonly (kms.IKey | undefined)[];

  constructor(scope: Construct, id: string, { parkedEventsRemovalPolicy, relayEncryptionKey }: OutboxRelayOptions) {
    super(scope, id);
    this.table = new dynamodb.TableV2(this, 'Table', {
      partitionKey: { name: PARKED_EVENTS.partitionKey, type: dynamodb.AttributeType.STRING },
      sortKey: { name: PARKED_EVENTS.sortKey, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: PARKED_EVENTS.timeToLive,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Parked events are changes that Nakadi does not have yet: data, not a cache.
      removalPolicy: parkedEventsRemovalPolicy ?? RemovalPolicy.RETAIN,
      globalSecondaryIndexes: [
        {
          indexName: PARKED_EVENTS.openIndex,
          partitionKey: { name: PARKED_EVENTS.openKey, type: dynamodb.AttributeType.STRING },
          sortKey: { name: PARKED_EVENTS.dueKey, type: dynamodb.AttributeType.STRING },
          projectionType: dynamodb.ProjectionType.INCLUDE,
          nonKeyAttributes: [PARKED_EVENTS.openSince],
        },
      ],
    });
    this.keys = [relayEncryptionKey, this.table.encryptionKey];
    if (relayEncryptionKey !== undefined) {
      // The CDK's own way asks for the region's name, because tables may have replicas. This one has none, so stacks for any region may have it.
      const resource = this.table.node.defaultChild as dynamodb.CfnGlobalTable;
      resource.addPropertyOverride('SSESpecification', { SSEEnabled: true, SSEType: 'KMS' });
      resource.addPropertyOverride('Replicas.0.SSESpecification', { KMSMasterKeyId: relayEncryptionKey.keyArn });
    }
  }

  public allowPark(handler: lambda.Function): void {
    handler.addToRolePolicy(statement(PARK_ACTIONS, [this.table.tableArn]));
  }

  public allowDrain(handler: lambda.Function): void {
    handler.addToRolePolicy(statement(DRAIN_ACTIONS, [this.table.tableArn]));
    handler.addToRolePolicy(statement(QUERY_ACTIONS, this.queried));
  }

  /** Lets a person list, show, retry and skip. */
  public grantOperate(grantee: iam.IGrantable): iam.Grant {
    const grant = (actions: string[], resourceArns: string[]): iam.Grant =>
      iam.Grant.addToPrincipalOrResource({ grantee, actions, resourceArns, resource: this.table, resourceSelfArns: ['*'] });
    const onTable = grant(OPERATE_ACTIONS, [this.table.tableArn]).combine(grant(QUERY_ACTIONS, this.queried));
    return grantStoreKeys(this.keys, grantee).reduce((all, one) => all.combine(one), onTable);
  }

  private get queried(): string[] {
    return [this.table.tableArn, `${this.table.tableArn}/index/${PARKED_EVENTS.openIndex}`];
  }
}

function statement(actions: string[], resources: string[]): iam.PolicyStatement {
  return new iam.PolicyStatement({ actions, resources });
}
