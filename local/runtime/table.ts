import {
  CreateTableCommand, DeleteTableCommand, UpdateTimeToLiveCommand,
  type AttributeDefinition, type CreateTableCommandInput, type DynamoDBClient, type KeySchemaElement, type Projection, type StreamViewType,
} from '@aws-sdk/client-dynamodb';
import { errorMessage, TemplateError } from './errors.ts';
import type { JsonObject } from './json.ts';
import { describe, type Resource } from './resources.ts';

interface IndexProperties {
  readonly IndexName: string;
  readonly KeySchema: KeySchemaElement[];
  readonly Projection: Projection;
}

/** The properties of `AWS::DynamoDB::Table` and `AWS::DynamoDB::GlobalTable` that matter on one machine. */
interface TableProperties {
  readonly AttributeDefinitions?: AttributeDefinition[];
  readonly KeySchema: KeySchemaElement[];
  readonly GlobalSecondaryIndexes?: IndexProperties[];
  readonly LocalSecondaryIndexes?: IndexProperties[];
  readonly StreamSpecification?: { readonly StreamViewType: StreamViewType };
  readonly TimeToLiveSpecification?: { readonly Enabled?: boolean; readonly AttributeName?: string };
}

/**
 * Creates a table in DynamoDB Local; capacity and replicas are left out, every table is on demand.
 * Adds the stream's ARN to the resource's attributes.
 * @throws TemplateError where DynamoDB refuses the table.
 */
export async function createTable(client: DynamoDBClient, resource: Resource, properties: JsonObject): Promise<void> {
  const { TimeToLiveSpecification, StreamSpecification, ...table } = properties as unknown as TableProperties;
  const input: CreateTableCommandInput = {
    TableName: resource.name,
    KeySchema: table.KeySchema,
    AttributeDefinitions: table.AttributeDefinitions,
    GlobalSecondaryIndexes: table.GlobalSecondaryIndexes?.map(index),
    LocalSecondaryIndexes: table.LocalSecondaryIndexes?.map(index),
    BillingMode: 'PAY_PER_REQUEST',
    ...(StreamSpecification ? { StreamSpecification: { StreamEnabled: true, StreamViewType: StreamSpecification.StreamViewType } } : {}),
  };
  try {
    const { TableDescription } = await client.send(new CreateTableCommand(input));
    Object.assign(resource.attributes, {
      Arn: TableDescription?.TableArn ?? resource.attributes.Arn,
      ...(TableDescription?.TableId ? { TableId: TableDescription.TableId } : {}),
      ...(TableDescription?.LatestStreamArn ? { StreamArn: TableDescription.LatestStreamArn } : {}),
    });
    if (TimeToLiveSpecification?.AttributeName && TimeToLiveSpecification.Enabled !== false) {
      const specification = { AttributeName: TimeToLiveSpecification.AttributeName, Enabled: true };
      await client.send(new UpdateTimeToLiveCommand({ TableName: resource.name, TimeToLiveSpecification: specification }));
    }
  } catch (error) {
    throw new TemplateError(`${describe(resource)} cannot be created: ${errorMessage(error)}`, { cause: error });
  }
}

/** Deletes a table. */
export async function deleteTable(client: DynamoDBClient, resource: Resource): Promise<void> {
  await client.send(new DeleteTableCommand({ TableName: resource.name }));
}

function index({ IndexName, KeySchema, Projection }: IndexProperties): IndexProperties {
  return { IndexName, KeySchema, Projection };
}
