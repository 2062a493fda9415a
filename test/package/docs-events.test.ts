import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AttributePath, CleanupPolicy, EventMapping, NumberEncoding, PatchFormat, type EventOptions } from '../../lib';
import { destinationSettings } from '../../lib/private/handler-settings';
import { assembleEvents } from '../../lambda/core/change-event.ts';
import type { Mapping } from '../../lambda/core/event-route.ts';
import { readStreamRecord } from '../../lambda/core/stream-record.ts';

const page = readFileSync(path.join(__dirname, '..', '..', 'docs', 'events.md'), 'utf8');

/** The change that the page is about. */
const KEYS = { orderId: { S: 'A-1' } };
const ORDER = {
  ...KEYS,
  state: { S: 'PLACED' },
  total: { N: '49.900' },
  labels: { SS: ['gift', 'express'] },
  address: { M: { city: { S: 'Berlin' }, street: { S: 'Allee 1' } } },
  changedAt: { S: '2026-01-15T09:29:58.120Z' },
};
const record = readStreamRecord({
  eventName: 'MODIFY',
  eventSourceARN: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-01-01T00:00:00.000',
  dynamodb: {
    ApproximateCreationDateTime: 1768469400,
    Keys: KEYS,
    OldImage: ORDER,
    NewImage: { ...ORDER, state: { S: 'PAID' } },
    SequenceNumber: '2900002759746085485437',
  },
});

const MAPPED: Mapping = ({ newItem }) => ({ id: (newItem as { orderId: string }).orderId, paid: (newItem as { state: string }).state === 'PAID' });

/** Options, and the part of the event that the page shows for them. */
test.each<[string, EventOptions, 'metadata' | 'data' | 'all']>([
  ['the whole event', {}, 'all'],
  ['patchFormat JSON_STRING', { patchFormat: PatchFormat.JSON_STRING }, 'data'],
  ['patchFormat NONE', { patchFormat: PatchFormat.NONE }, 'data'],
  ['patchAttribute', { patchAttribute: 'changes' }, 'data'],
  ['numberEncoding', { numberEncoding: NumberEncoding.STRING }, 'data'],
  ['includeAttributes', { includeAttributes: [AttributePath.exact('state'), AttributePath.nested('address', 'city')] }, 'data'],
  ['excludeAttributes', { excludeAttributes: [AttributePath.exact('labels'), AttributePath.nested('address', 'street'), AttributePath.prefix('changed')] }, 'data'],
  ['occurredAtAttribute', { occurredAtAttribute: 'changedAt' }, 'metadata'],
  ['flowIdAttribute', { flowIdAttribute: 'orderId' }, 'metadata'],
  ['sequenceAttribute', { sequenceAttribute: 'sequence' }, 'data'],
  ['cleanupPolicy', { cleanupPolicy: CleanupPolicy.COMPACT }, 'metadata'],
  ['mapping', { mapping: EventMapping.fromInline('') }, 'data'],
])('docs/events.md shows the event of %s as it is', (_, options, part) => {
  const { config } = destinationSettings({ endpoint: 'https://nakadi.example.org', eventType: 'order-store.order-changed', ...options });
  const assembly = assembleEvents(record, { ...config, routes: [{ ...config.routes[0], map: options.mapping && MAPPED }], maxEventBytes: 999_000 });

  expect(assembly.type).toBe('events');
  for (const { json } of assembly.type === 'events' ? assembly.events : []) {
    const event = JSON.parse(json) as Record<string, unknown>;
    expect(page.replace(/\s/g, '')).toContain(JSON.stringify(part === 'all' ? event : event[part]).replace(/\s/g, ''));
  }
});
