/** Addresses in the template, in place of which the local ones are put. */
export const NAKADI = 'https://nakadi.example.org';
export const IDENTITY = 'https://identity.example.org';

/** Name of the secret with the client's identity. */
export const CLIENT_SECRET = 'soak/nakadi-client';

/** Key attributes of the table. */
export const SOAK_KEYS: readonly string[] = ['customerId', 'orderId'];

/** Construct paths. */
export const SOAK = {
  table: 'Soak/Orders/Table',
  parkedEvents: 'Soak/Orders/Relay/ParkedEvents/Table',
  deadLetterQueue: 'Soak/Orders/Relay/DeadLetterQueue',
  eventSourceMapping: 'Soak/Orders/Relay/EventSourceMapping',
  requeueSchedule: 'Soak/Orders/Relay/RequeueSchedule',
  relay: 'Soak/Orders/Relay/Relay/Function',
  requeue: 'Soak/Orders/Relay/Requeue/Function',
} as const;
