import type { EventTypeDefinition } from '../nakadi/event-type.ts';

/** The event type of examples/order-store. */
export const ORDER_EVENT_TYPE = 'order-store.order-changed';

/** States of an order. */
const STATES = ['PLACED', 'PAID', 'SHIPPED', 'DELIVERED', 'RETURNED'];

/**
 * The event type as its owner registered it.
 *
 * @param forgotten states that the schema does not know: Nakadi refuses orders in them until the schema is corrected
 */
export function orderEventType(forgotten: readonly string[] = []): EventTypeDefinition {
  const states = STATES.filter((state) => !forgotten.includes(state));
  return eventType({
    type: 'object',
    required: ['customerId', 'orderId', 'state'],
    properties: {
      customerId: { type: 'string' },
      orderId: { type: 'string' },
      state: { type: 'string', enum: states },
      version: { type: 'integer' },
      total: { type: 'number' },
      orderLines: { type: 'array', items: { type: 'object', required: ['article', 'quantity', 'price'] } },
      labels: { type: 'array', items: { type: 'string' } },
    },
  });
}

/** An event type that takes items of every form. */
export function anyEventType(): EventTypeDefinition {
  return eventType({ type: 'object' });
}

function eventType(schema: object): EventTypeDefinition {
  return {
    name: ORDER_EVENT_TYPE,
    category: 'data',
    compatibility_mode: 'forward',
    cleanup_policy: 'delete',
    partition_strategy: 'hash',
    partition_key_fields: ['customerId', 'orderId'],
    default_statistic: { read_parallelism: 8, write_parallelism: 8 },
    schema: { type: 'json_schema', schema: JSON.stringify(schema) },
  };
}
