import { Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, StreamViewType, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { aliasFaults } from './encryption';
import { required } from './validate-required';

/** ARN of a DynamoDB stream: region, account, table and label. */
const STREAM_ARN = /^arn:[^:]+:dynamodb:([^:]+):([^:]+):table\/([^/]+)\/stream\/.+$/;

/**
 * What is wrong with a table that is to be published from this stack. What is not known before deployment (tokens) passes.
 */
export function tableFaults(table: ITable | undefined, stack: Stack): string[] {
  if (table === undefined) {
    return required('table', table, 'give the table whose changes are published');
  }
  const name = `table ${table.node.path}`;
  const { tableStreamArn } = table;
  const stream = definedStream(table);
  // The ARN alone does not tell: a TableV2 has one in any case.
  if (tableStreamArn === undefined || stream === 'none') {
    return [`${name} has no stream: define it with dynamoStream: StreamViewType.NEW_AND_OLD_IMAGES, or import it with its tableStreamArn`];
  }
  const parts = Token.isUnresolved(tableStreamArn) ? undefined : STREAM_ARN.exec(tableStreamArn);
  if (parts === null) {
    return [`${name} must have the ARN of a stream as its tableStreamArn, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got ${JSON.stringify(tableStreamArn)}`];
  }
  const [, region = table.env.region, account = table.env.account, streamOf = table.tableName] = parts ?? [];
  return [
    ...(differ(streamOf, table.tableName)
      ? [`${name} must have a tableStreamArn of its own, got one of the table ${streamOf} for the table ${table.tableName}: import it with both ARNs of one table`]
      : []),
    ...aliasFaults(`the encryptionKey of ${name}`, table.encryptionKey),
    ...(stream !== undefined && stream !== StreamViewType.NEW_AND_OLD_IMAGES
      ? [`${name} must have a stream of view type NEW_AND_OLD_IMAGES, because events need both images, got ${stream}: change the table's stream`]
      : []),
    ...(differ(region, stack.region)
      ? [`${name} must be in the region of its relay, got ${region} and ${stack.region}: no event source mapping reads from another region; define the relay in a stack there`]
      : []),
    ...(differ(account, stack.account)
      ? [`${name} must be in the account of its relay, got ${account} and ${stack.account}: define the relay in a stack of the table's account`]
      : []),
  ];
}

function differ(one: string, other: string): boolean {
  return Token.compareStrings(one, other) === TokenComparison.DIFFERENT;
}

/** The view type of the stream that a table is defined with; undefined where the table is not of this app, or where it is known at deployment only. */
function definedStream(table: ITable): string | undefined {
  const resource = table.node.defaultChild;
  if (!CfnTable.isCfnTable(resource) && !CfnGlobalTable.isCfnGlobalTable(resource)) {
    return undefined;
  }
  if (CfnGlobalTable.isCfnGlobalTable(resource) && resource.globalTableSourceArn !== undefined) {
    return undefined; // a replica of a table of another account, which says what stream there is
  }
  const stream = Stack.of(resource).resolve(resource.streamSpecification) as { readonly streamViewType?: unknown } | undefined;
  if (stream === undefined) {
    return 'none';
  }
  return typeof stream.streamViewType === 'string' ? stream.streamViewType : undefined;
}
