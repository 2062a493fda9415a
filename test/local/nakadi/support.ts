import { NakadiStandIn, type NakadiStandInOptions } from '../../../local/nakadi/nakadi-stand-in.ts';
import type { BatchItemResponse } from '../../../local/nakadi/batch-item.ts';
import type { EventTypeDefinition } from '../../../local/nakadi/event-type.ts';

export const ORDERS = 'order-store.order-changed';

/** An order's schema that takes anything but an amount that is no number. */
export const ORDER_SCHEMA = { type: 'object', properties: { id: { type: 'string' }, amount: { type: 'number' } }, required: ['id'] };

export interface PublishAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Of a 207 or 422. */
  readonly items: BatchItemResponse[];
  readonly problem: { status: number; title: string; detail: string };
}

const running: NakadiStandIn[] = [];

/** Starts a stand-in that `stopAll` ends, with the event type `ORDERS` (category data) on it. */
export async function startWithOrders(
  eventType: Partial<EventTypeDefinition> & { json?: unknown } = {}, options: NakadiStandInOptions = {},
): Promise<NakadiStandIn> {
  const nakadi = await start(options);
  nakadi.createEventType(ordersType(eventType));
  return nakadi;
}

export async function start(options: NakadiStandInOptions = {}): Promise<NakadiStandIn> {
  const nakadi = await NakadiStandIn.start(options);
  running.push(nakadi);
  return nakadi;
}

export async function stopAll(): Promise<void> {
  await Promise.all(running.splice(0).map((nakadi) => nakadi.stop()));
}

/** `json` is the payload's schema, as an object. */
export function ordersType({ json = ORDER_SCHEMA, ...fields }: Partial<EventTypeDefinition> & { json?: unknown } = {}): EventTypeDefinition {
  return { name: ORDERS, category: 'data', schema: { type: 'json_schema', schema: JSON.stringify(json) }, ...fields };
}

/** A valid eid for a number. */
export function eidOf(number: number): string {
  return `00000000-0000-8000-8000-${String(number).padStart(12, '0')}`;
}

/** A valid data-change event about an order; the fields given replace whole fields of it. */
export function orderEvent(number: number, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    metadata: { eid: eidOf(number), occurred_at: '2026-05-04T10:11:12.123Z' },
    data_type: 'order',
    data_op: 'C',
    data: { id: `order-${number}`, amount: 12.5 },
    ...fields,
  };
}

/** The event with the compaction key that compacted event types need. */
export function keyedEvent(number: number, key: string, fields: Record<string, unknown> = {}): Record<string, unknown> {
  return orderEvent(number, {
    metadata: { eid: eidOf(number), occurred_at: '2026-05-04T10:11:12Z', partition_compaction_key: key }, ...fields,
  });
}

/** Publishes over HTTP; a body that is no text is sent as JSON. */
export async function publish(
  nakadi: NakadiStandIn,
  body: unknown,
  { path = `/event-types/${ORDERS}/events`, headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): Promise<PublishAnswer> {
  const isReady = typeof body === 'string' || body instanceof Uint8Array;
  const response = await fetch(nakadi.url + path, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/json', ...headers },
    body: isReady ? (body as string) : JSON.stringify(body),
  });
  const text = await response.text();
  const json = (response.headers.get('content-type') ?? '').includes('json') ? (JSON.parse(text) as unknown) : undefined;
  return {
    status: response.status,
    headers: response.headers,
    text,
    items: Array.isArray(json) ? (json as BatchItemResponse[]) : [],
    problem: (Array.isArray(json) ? undefined : json) as PublishAnswer['problem'],
  };
}

export function remove(nakadi: NakadiStandIn, body: unknown): Promise<PublishAnswer> {
  return publish(nakadi, body, { path: `/event-types/${ORDERS}/deleted-events` });
}

/** The statuses of the items, in order, as `status/step`. */
export function outcomes(answer: PublishAnswer): string[] {
  return answer.items.map((item) => `${item.publishing_status}/${item.step}`);
}
