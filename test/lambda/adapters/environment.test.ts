import { ENV, type CompactDestination } from '../../../lib/private/handler-contract.ts';
import { readEnvironment, requireEnv } from '../../../lambda/adapters/environment.ts';
import type { Mapping } from '../../../lambda/core/event-route.ts';

const PUBLISHING = { maxEventBytes: 999_000, maxBatchEvents: 1000, maxBatchBytes: 10_000_000, requestTimeoutMs: 80_000, retryBudgetMs: 60_000, holdForMs: 900_000 };
const mapping: Mapping = () => ({ type: 'nothing' });

function setEnvironment(destination: CompactDestination): void {
  process.env[ENV.destination] = JSON.stringify(destination);
  process.env[ENV.credentials] = JSON.stringify({ type: 'none' });
  process.env[ENV.publishing] = JSON.stringify(PUBLISHING);
  process.env[ENV.parkedEventsTable] = 'parked-events';
}

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test('each route is whole: what all say alike is said once, and the data type is the event type where it is not said', async () => {
  setEnvironment({
    endpoint: 'https://nakadi.example.org',
    shared: { cleanupPolicy: 'delete', patchFormat: 'array', patchAttribute: 'patch', condition: { type: 'attribute-equals', attribute: 'type' } },
    routes: [
      { eventType: 'orders', condition: { value: 'order' } },
      { eventType: 'invoices', dataType: 'document', condition: { value: 'invoice' }, mapping: 'mapping-1.mjs' },
    ],
    unrouted: 'refuse',
  });
  const loaded: string[] = [];

  const { settings, ...rest } = await readEnvironment((file) => {
    loaded.push(file);
    return Promise.resolve(mapping);
  });

  const alike = { cleanupPolicy: 'delete', patchFormat: 'array', patchAttribute: 'patch' };
  expect(settings).toEqual({
    shape: {
      routes: [
        { ...alike, eventType: 'orders', dataType: 'orders', condition: { type: 'attribute-equals', attribute: 'type', value: 'order' } },
        {
          ...alike,
          eventType: 'invoices',
          dataType: 'document',
          condition: { type: 'attribute-equals', attribute: 'type', value: 'invoice' },
          mapping: 'mapping-1.mjs',
          map: mapping,
        },
      ],
      unrouted: 'refuse',
      maxEventBytes: 999_000,
    },
    publishing: PUBLISHING,
  });
  expect(rest).toEqual({ endpoint: 'https://nakadi.example.org', credentials: { type: 'none' }, parkedEventsTable: 'parked-events' });
  expect(loaded).toEqual(['mapping-1.mjs']);
});

test('a mapping that several routes share is loaded once', async () => {
  const loaded: string[] = [];
  setEnvironment({
    endpoint: 'https://nakadi.example.org',
    shared: { cleanupPolicy: 'delete', patchFormat: 'array', patchAttribute: 'patch', mapping: 'mapping-1.mjs' },
    routes: [{ eventType: 'orders' }, { eventType: 'invoices' }, { eventType: 'other', mapping: 'mapping-2.mjs' }],
    unrouted: 'refuse',
  });

  const { settings } = await readEnvironment((file) => {
    loaded.push(file);
    return Promise.resolve(() => ({ type: 'failed', detail: file }));
  });
  expect(loaded).toEqual(['mapping-1.mjs', 'mapping-2.mjs']);
  expect(settings.shape.routes.map(({ map }) => map?.(''))).toEqual(['mapping-1.mjs', 'mapping-1.mjs', 'mapping-2.mjs'].map((detail) => ({ type: 'failed', detail })));
});

test('the endpoint may end with slashes, which no URL that follows has', async () => {
  setEnvironment({ endpoint: 'https://nakadi.example.org/base//', routes: [{ eventType: 'orders', cleanupPolicy: 'delete', patchFormat: 'array', patchAttribute: 'patch' }], unrouted: 'drop' });

  expect((await readEnvironment(() => Promise.resolve(mapping))).endpoint).toBe('https://nakadi.example.org/base');
});

test.each(['', undefined])('fails when a variable is %j', (value) => {
  if (value === undefined) {
    delete process.env.OUTBOX_TEST;
  } else {
    process.env.OUTBOX_TEST = value;
  }

  expect(() => requireEnv('OUTBOX_TEST')).toThrow('environment variable OUTBOX_TEST is not set');
});
