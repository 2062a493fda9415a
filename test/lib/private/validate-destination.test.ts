import { Token } from 'aws-cdk-lib';
import { AttributePath, RouteCondition, UnroutedItems, type EventRoute, type NakadiDestination } from '../../../lib';
import { findDestinationFaults } from '../../../lib/private/validate-destination';
import { DESTINATION, newStack } from '../stacks';

const { endpoint } = DESTINATION;
const ORDERS: EventRoute = { eventType: 'orders', condition: RouteCondition.keyStartsWith('PK', 'ORDER#') };

test.each<[string, NakadiDestination]>([
  ['an event type', DESTINATION],
  ['an event type that is known at deployment only', { ...DESTINATION, eventType: Token.asString({ Ref: 'EventType' }) }],
  ['routes', { endpoint, routes: [ORDERS] }],
  ['routes that say what happens to other items', { endpoint, routes: [ORDERS], unroutedItems: UnroutedItems.REFUSE }],
])('%s pass', (_, destination) => {
  expect(findDestinationFaults(destination, newStack())).toEqual([]);
});

test.each<[string, NakadiDestination, string]>([
  ['there is neither an event type nor a route', { endpoint }, 'destination must have an eventType, or routes, got neither: name the event type that the events are for'],
  [
    'the endpoint is that of an event type',
    { ...DESTINATION, endpoint: `${endpoint}/event-types/orders/events` },
    'destination.endpoint must be the base URL of Nakadi, got "https://nakadi.example.org/event-types/orders/events": leave out /event-types/…, which the relay adds',
  ],
  ['there are both', { ...DESTINATION, routes: [ORDERS] }, 'destination must have an eventType or routes, got both: make the event type a route, or leave it out'],
  ['there is no route', { endpoint, routes: [] }, 'destination.routes must have at least one route, got none: give one, or destination.eventType in its place'],
  [
    'unrouted items are spoken of without routes',
    { ...DESTINATION, unroutedItems: UnroutedItems.REFUSE },
    'destination.unroutedItems need routes, got refuse without any: every item goes to the event type; give routes, or leave it out',
  ],
])('fails when %s', (_, destination, fault) => {
  expect(findDestinationFaults(destination, newStack())).toEqual([fault]);
});

test.each<[string, unknown, string[]]>([
  ['there is no destination', undefined, ['destination must be given, got undefined: say where the events go, for instance { endpoint, eventType }']],
  ['the destination is null', null, ['destination must be given, got null: say where the events go, for instance { endpoint, eventType }']],
  [
    'the destination is empty',
    {},
    [
      'destination.endpoint must be a URL that starts with https:// and has no query, got undefined: give the URL of Nakadi',
      'destination must have an eventType, or routes, got neither: name the event type that the events are for',
    ],
  ],
  [
    'a route is empty',
    { endpoint, routes: [ORDERS, {}] },
    [
      expect.stringMatching(/^destination\.routes\[1\]\.eventType must be words .*, got undefined: /) as string,
      expect.stringMatching(/^destination\.routes\[1\]\.condition must be made by RouteCondition, got undefined: /) as string,
    ],
  ],
  [
    'only the endpoint is missing, and more is wrong',
    { eventType: 'a b', credentials: 'abc', tombstones: true },
    [
      expect.stringContaining('destination.endpoint') as string,
      expect.stringContaining('destination.credentials') as string,
      expect.stringContaining('destination.eventType') as string,
      expect.stringContaining('destination.tombstones') as string,
    ],
  ],
  [
    'choices are none, and more is wrong',
    { endpoint: 'nakadi', eventType: 'orders', patchFormat: 'xml', tombstones: 'true', dataType: ' x ', includeAttributes: [] },
    [
      expect.stringContaining('destination.endpoint') as string,
      expect.stringContaining('destination.patchFormat') as string,
      expect.stringContaining('destination.tombstones') as string,
      expect.stringContaining('destination.dataType') as string,
      expect.stringContaining('destination.includeAttributes') as string,
    ],
  ],
  ['its routes are null beside an event type', { ...DESTINATION, routes: null }, [expect.stringContaining('destination.routes must be a list of routes, got null') as string]],
  [
    'a path is a text, and more is wrong',
    { endpoint: 'nakadi', eventType: 'a b', includeAttributes: ['state'] },
    [
      expect.stringContaining('destination.endpoint') as string,
      expect.stringContaining('destination.eventType') as string,
      expect.stringContaining('destination.includeAttributes[0]') as string,
    ],
  ],
])('fails when %s, which compilers refuse', (_, destination, faults) => {
  expect(findDestinationFaults(destination as NakadiDestination, newStack())).toEqual(faults);
});

test('names every fault at once, each with the route that has it', () => {
  const routes = [
    { ...ORDERS, eventType: 'a b' },
    { ...ORDERS, condition: RouteCondition.attributeEquals('', 'x'), sequenceAttribute: 'PK' },
    { ...ORDERS, condition: RouteCondition.keyStartsWith('type', 'x'), occurredAtAttribute: 'at', excludeAttributes: [AttributePath.exact('at')] },
  ];

  expect(findDestinationFaults({ endpoint: 'nakadi', routes }, newStack(), { own: new Map([['PK', 'S']]), typed: new Map([['PK', 'S']]) })).toEqual([
    expect.stringContaining('destination.endpoint'),
    expect.stringContaining('destination.routes[0].eventType'),
    expect.stringContaining('destination.routes[1].sequenceAttribute'),
    expect.stringContaining('destination.routes[2].occurredAtAttribute'),
    expect.stringContaining('destination.routes[1].condition'),
    expect.stringContaining('destination.routes[2].condition'),
  ]);
});
