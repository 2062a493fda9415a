import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The least that reads an item: what importing it takes is not ours to save. */
export const client = new DynamoDBClient({});
