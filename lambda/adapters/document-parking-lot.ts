import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ParkingLot } from '../core/ports.ts';
import { parkingLot } from './parking-lot.ts';

/** The parked-events table, as the relay uses it once something is parked. */
export function documentParkingLot(client: DynamoDBClient, table: string, now: () => number): ParkingLot {
  return parkingLot(DynamoDBDocumentClient.from(client), table, now);
}
