import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ParkingLot } from '../core/ports.ts';
import { announcements } from './announcements.ts';

/**
 * The parked-events table, of which each invocation of a relay without trouble reads the stream's announcement only. The rest is loaded once
 * something is parked. Where it cannot be loaded, that fails as a request to the table does.
 */
export function relayParkingLot(client: DynamoDBClient, table: string, now: () => number): ParkingLot {
  let loaded: Promise<ParkingLot> | undefined;
  const load = async (): Promise<ParkingLot> => {
    loaded ??= import('./document-parking-lot.ts').then(({ documentParkingLot }) => documentParkingLot(client, table, now));
    try {
      return await loaded;
    } catch (error) {
      loaded = undefined; // the next one tries again
      throw error;
    }
  };
  const isAnnounced = announcements(client, table, now);
  return {
    // Once the rest is there it does all by itself.
    readHeads: async (streamArn, items) => (loaded === undefined && !(await isAnnounced(streamArn)) ? new Map() : (await load()).readHeads(streamArn, items)),
    announce: async (streamArn) => (await load()).announce(streamArn),
    park: async (parking) => (await load()).park(parking),
  };
}
