import { App, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import { RouteCondition } from '../../../lib';
import { eventTypeFaults } from '../../../lib/private/validate-event-type';

const endpoint = 'https://nakadi.example.org';
const condition = RouteCondition.keyStartsWith('PK', 'ORDER#');
const later = (): string => Lazy.string({ produce: () => '' });

const faultsOf = (eventType: unknown): unknown[] => eventTypeFaults({ endpoint, eventType: eventType as string });

test.each([
  'orders',
  'order-store.order-changed',
  'A_b.1c',
  'a'.repeat(255),
  later(),
  new CfnParameter(new Stack(new App()), 'Type').valueAsString,
  `orders.${later()}`,
  // What StringParameter.valueFromLookup gives until the command line has looked the parameter up.
  'dummy-value-for-/orders/event-type',
  undefined,
])('the event type %j passes', (eventType) => {
  expect(faultsOf(eventType)).toEqual([undefined]);
});

test.each(['', ' orders', 'a b', '../c?x#y', 'orders.', '.orders', 'a..b', '1orders', 'orders.-a', 'ördérs', 'orders\n', 'a'.repeat(256), null, 5])(
  'fails when the event type is %j',
  (eventType) => {
    expect(faultsOf(eventType)).toEqual([
      'destination.eventType must be words of letters, digits, - and _ that are joined by dots, a letter first, with at most 255 characters, ' +
        `got ${JSON.stringify(eventType)}: give the name that the event type has in Nakadi`,
    ]);
  },
);

test('fails with the routes whose event types are wrong or missing', () => {
  const routes = [{ eventType: 'orders', condition }, { eventType: 'a b', condition }, { condition } as never];

  expect(eventTypeFaults({ endpoint, routes })).toEqual([
    undefined,
    undefined,
    expect.stringMatching(/^destination\.routes\[1\]\.eventType must .*, got "a b": /),
    expect.stringMatching(/^destination\.routes\[2\]\.eventType must .*, got undefined: /),
  ]);
});
