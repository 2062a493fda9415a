import { Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { OutboxRelay } from './outbox-relay';
import type { OutboxRelayOptions } from './outbox-relay-options';
import { keysOf } from './private/table-keys';
import { failOnFaults, findFaults } from './private/validate-props';
import { tablePropsFaults } from './private/validate-table-props';

/**
 * Properties of an OutboxTable: those of the table, and those of its relay.
 */
export interface OutboxTableProps extends dynamodb.TablePropsV2, OutboxRelayOptions {}

/**
 * A DynamoDB table that is its own transactional outbox: what commits to the table is published to Nakadi, in the order of each item's
 * changes, and nothing is lost.
 *
 * The table is a TableV2 with a stream of view type NEW_AND_OLD_IMAGES; beside it stands an OutboxRelay.
 *
 * @stateful
 * @example
 * const orders = new OutboxTable(this, 'Orders', {
 *   partitionKey: { name: 'orderId', type: dynamodb.AttributeType.STRING },
 *   destination: { endpoint: 'https://nakadi.example.org', eventType: 'order-store.order-changed' },
 * });
 */
export class OutboxTable extends Construct {
  /**
   * The table.
   */
  public readonly table: dynamodb.TableV2;

  /**
   * What publishes the table's changes.
   */
  public readonly relay: OutboxRelay;

  constructor(scope: Construct, id: string, props: OutboxTableProps) {
    super(scope, id);
    const stack = Stack.of(this);
    failOnFaults(this.node.path, [...findFaults(props, stack, keysOf(props)), ...tablePropsFaults(props, stack)]);

    this.table = new dynamodb.TableV2(this, 'Table', { ...props, dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES });
    this.relay = new OutboxRelay(this, 'Relay', { ...props, table: this.table });
  }

  /**
   * Lets somebody read and write the table's items, and what it takes of the table's key where it has one of its own. What is written is
   * published.
   *
   * On the table it allows `dynamodb:BatchGetItem`, `Query`, `GetItem`, `Scan`, `ConditionCheckItem`, `BatchWriteItem`, `PutItem`, `UpdateItem`,
   * `DeleteItem`, `DescribeTable`, `GetRecords` and `GetShardIterator`, on its indexes too; on its key `kms:Decrypt`, `kms:DescribeKey`,
   * `kms:Encrypt`, `kms:ReEncrypt*` and `kms:GenerateDataKey*`.
   *
   * @param grantee a role, a user or a group; a service is refused
   */
  public grantReadWriteData(grantee: iam.IGrantable): iam.Grant {
    return this.table.grantReadWriteData(grantee);
  }
}
