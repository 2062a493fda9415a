import { Stack } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable, StreamViewType, type ITable } from 'aws-cdk-lib/aws-dynamodb';
import { aliasFaults } from './encryption';
import { areDifferent, isUnknown } from './unknown-value';
import { shown } from './validate-choice';

/** ARN of a DynamoDB stream: region, account, table and label. */
const STREAM_ARN = /^arn:[^:]+:dynamodb:([^:]+):([^:]+):table\/([^/]+)\/stream\/.+$/;

/**
 * What is wrong with a table that is to be published from this stack. What is not known before deployment (tokens) passes.
 */
export function tableFaults(table: ITable | undefined, stack: Stack): string[] {
  if (typeof table?.tableArn !== 'string') {
    return [`table must be a DynamoDB table, got ${shown(table)}: give the table whose changes are published`];
  }
  const name = `table ${table.node.path}`;
  const { env } = table;
  // What is no ARN of a stream says nothing of the table.
  const [, region = env.region, account = env.account] = streamParts(table) ?? [];
  return [
    ...streamFaults(name, table),
    ...aliasFaults(`the encryptionKey of ${name}`, table.encryptionKey),
    ...(areDifferent(region, stack.region)
      ? [`${name} must be in the region of its relay, got ${region} and ${stack.region}: no event source mapping reads from another region; define the relay in a stack there`]
      : []),
    ...(areDifferent(account, stack.account)
      ? [`${name} must be in the account of its relay, got ${account} and ${stack.account}: define the relay in a stack of the table's account`]
      : []),
  ];
}

function streamFaults(name: string, table: ITable): string[] {
  const { tableStreamArn, tableName } = table;
  const viewType = definedStream(table);
  // The ARN alone does not tell: a TableV2 has one in any case.
  if (tableStreamArn === undefined || viewType === 'none') {
    return [`${name} has no stream: define it with StreamViewType.NEW_AND_OLD_IMAGES as its dynamoStream (TableV2) or stream (Table), or import it with its tableStreamArn`];
  }
  if (viewType !== undefined && viewType !== StreamViewType.NEW_AND_OLD_IMAGES) {
    return [`${name} must have a stream of view type NEW_AND_OLD_IMAGES, because events need both images, got ${viewType}: change the table's stream`];
  }
  if (tableStreamArn.endsWith('/stream/*')) {
    return [
      `${name} must have the ARN of a stream as its tableStreamArn, got a pattern that ends with /stream/*, as TableV2.replica makes it: ` +
        "import the replica by TableV2.fromTableAttributes with what its own LatestStreamArn says",
    ];
  }
  if (isUnknown(tableStreamArn)) {
    return [];
  }
  const parts = streamParts(table);
  if (parts === null) {
    return [
      `${name} must have the ARN of a stream as its tableStreamArn, arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL, got ${shown(tableStreamArn)}: ` +
        'import it with what LatestStreamArn says of it',
    ];
  }
  const [, , , streamOf] = parts;
  return areDifferent(streamOf, tableName)
    ? [`${name} must have a tableStreamArn of its own, got one of the table ${streamOf} for the table ${tableName}: import it with both ARNs of one table`]
    : [];
}

/** Region, account and name of the table that a stream is of; null where the ARN is not known, or none of a stream. */
function streamParts({ tableStreamArn = '' }: ITable): RegExpExecArray | null {
  return STREAM_ARN.exec(tableStreamArn);
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
