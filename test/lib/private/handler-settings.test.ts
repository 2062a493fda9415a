import { AttributePath, RouteCondition } from '../../../lib';
import { destinationSettings } from '../../../lib/private/handler-settings';

test('a route excludes what the destination excludes, and what it excludes itself', () => {
  const { exact } = AttributePath;
  const destination = {
    endpoint: 'https://nakadi.example.org',
    excludeAttributes: [exact('iban')],
    routes: [
      { eventType: 'orders', condition: RouteCondition.keyStartsWith('orderId', 'ORDER#'), excludeAttributes: [exact('note')] },
      { eventType: 'invoices', condition: RouteCondition.keyStartsWith('orderId', 'INVOICE#') },
    ],
  };

  expect(destinationSettings(destination).config.routes.map(({ exclude }) => exclude)).toEqual([[{ path: ['iban'] }, { path: ['note'] }], [{ path: ['iban'] }]]);
});
