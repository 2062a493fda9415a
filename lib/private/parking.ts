import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { PARKED_EVENTS } from './handler-contract';

/** What the relay does to the parked-events table: reads heads, and writes head and rows in one transaction. */
const PARK_ACTIONS = ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];

/** What the requeue does to it: the same, and drains the rows. */
const DRAIN_ACTIONS = [
  'dynamodb:GetItem',
  'dynamodb:Query',
  'dynamodb:PutItem',
  'dynamodb:UpdateItem',
  'dynamodb:DeleteItem',
  'dynamodb:BatchWriteItem',
];

/**
 * The table beside the outbox that holds, per item, a head and the records that wait.
 */
export class Parking extends Construct {
  public readonly table: dynamodb.TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.table = new dynamodb.TableV2(this, 'Table', {
      partitionKey: { name: PARKED_EVENTS.partitionKey, type: dynamodb.AttributeType.STRING },
      sortKey: { name: PARKED_EVENTS.sortKey, type: dynamodb.AttributeType.STRING },
      timeToLiveAttribute: PARKED_EVENTS.timeToLive,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      // Parked events are changes that Nakadi does not have yet: data, not a cache.
      removalPolicy: RemovalPolicy.RETAIN,
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
  }

  public allowPark(handler: lambda.Function): void {
    handler.addToRolePolicy(statement(PARK_ACTIONS, [this.table.tableArn]));
  }

  public allowDrain(handler: lambda.Function): void {
    handler.addToRolePolicy(statement(DRAIN_ACTIONS, [this.table.tableArn, `${this.table.tableArn}/index/${PARKED_EVENTS.openIndex}`]));
  }
}

function statement(actions: string[], resources: string[]): PolicyStatement {
  return new PolicyStatement({ actions, resources });
}
