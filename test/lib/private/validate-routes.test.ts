import { App, CfnParameter, Lazy, Stack, Token } from 'aws-cdk-lib';
import { CleanupPolicy, NumberEncoding, PatchFormat, RouteCondition, type EventRoute, type NakadiDestination } from '../../../lib';
import type { TableKeys } from '../../../lib/private/table-keys';
import { routeFaults } from '../../../lib/private/validate-routes';
import { DESTINATION } from '../stacks';

const { keyStartsWith, attributeEquals } = RouteCondition;
const OWN = new Map([['PK', 'S'], ['SK', 'N']]);
const KEYS: TableKeys = { own: OWN, typed: new Map([...OWN, ['day', 'S'], ['score', 'N']]) };
const lazy = (): string => Lazy.string({ produce: () => '' });

function faultsOf(conditions: RouteCondition[], keys?: TableKeys): string[] {
  const routes = conditions.map((condition): EventRoute => ({ eventType: 'orders', condition }));
  return routeFaults({ endpoint: DESTINATION.endpoint, routes }, keys).filter((fault) => fault !== undefined);
}

test.each<[string, RouteCondition[]]>([
  ['routes that exclude each other', [keyStartsWith('PK', 'ORDER#'), keyStartsWith('PK', 'INVOICE#'), attributeEquals('type', 'a'), attributeEquals('type', 'b')]],
  ['routes of which only a run can tell', [keyStartsWith('PK', 'A'), attributeEquals('type', 'A')]],
  ['a key that starts otherwise than another route asks', [keyStartsWith('PK', 'ORDER#'), attributeEquals('PK', 'CUSTOMER#1')]],
  ['a prefix of spaces', [keyStartsWith('PK', ' ')]],
  ['an attribute that is an empty text', [attributeEquals('type', '')]],
  ['a prefix that is known at deployment only', [keyStartsWith('PK', 'A'), keyStartsWith('PK', lazy()), keyStartsWith('PK', `A${Token.asString({ Ref: 'Prefix' })}`)]],
  ['a value that is known at deployment only', [attributeEquals('type', 'A'), attributeEquals('type', new CfnParameter(new Stack(new App()), 'Type').valueAsString)]],
  ['prefixes that are still to be looked up', [keyStartsWith('PK', 'dummy-value-for-/order'), keyStartsWith('PK', 'dummy-value-for-/order-line')]],
  ['an attribute that is still to be looked up', [keyStartsWith('dummy-value-for-/key', 'A')]],
  ['an attribute that is known at deployment only', [keyStartsWith(lazy(), 'A'), attributeEquals(lazy(), 'B')]],
])('%s pass', (_, conditions) => {
  expect(faultsOf(conditions, KEYS)).toEqual([]);
});

test('any attribute may be a key of a table that is not known', () => {
  expect(faultsOf([keyStartsWith('type', 'A'), attributeEquals('SK', '1')])).toEqual([]);
});

const MEET = 'destination.routes[0] and destination.routes[1] meet the same items: the condition of one is that';

test.each<[string, RouteCondition[], string]>([
  ['a condition on a key names none', [keyStartsWith('', 'A')], 'destination.routes[0].condition must name an attribute, got "": no item has one without a name'],
  ['a condition on an attribute names none', [attributeEquals('', 'A')], 'destination.routes[0].condition must name an attribute, got "": no item has one without a name'],
  [
    'a prefix is empty',
    [keyStartsWith('PK', 'A'), keyStartsWith('PK', '')],
    'destination.routes[1].condition must say how "PK" starts, got "", which meets every item: give a prefix, or use destination.eventType in place of routes',
  ],
  [
    'the attribute is no key',
    [keyStartsWith('type', 'A')],
    'destination.routes[0].condition asks how "type" starts, and the table\'s keys are "PK" and "SK": name a key, or use RouteCondition.attributeEquals',
  ],
  [
    'the key is no string',
    [keyStartsWith('SK', '2')],
    'destination.routes[0].condition asks how "SK" starts, and the key of this name has the type N, so that no item meets it: name an attribute that is a string',
  ],
  [
    'the text of a key is asked for that has none',
    [attributeEquals('SK', '2')],
    'destination.routes[0].condition asks whether "SK" is "2", and the key of this name has the type N, so that no item meets it: name an attribute that is a string',
  ],
  [
    'a key of an index is no string',
    [attributeEquals('score', '2')],
    'destination.routes[0].condition asks whether "score" is "2", and the key of this name has the type N, so that no item meets it: name an attribute that is a string',
  ],
  [
    'a key is to be empty',
    [attributeEquals('PK', '')],
    'destination.routes[0].condition asks whether "PK" is "", and no key is empty, so that no item meets it: give a value',
  ],
  [
    'a key of an index is to be empty',
    [attributeEquals('day', '')],
    'destination.routes[0].condition asks whether "day" is "", and no key is empty, so that no item meets it: give a value',
  ],
  [
    'the attribute is a key of an index only',
    [keyStartsWith('day', '2026')],
    'destination.routes[0].condition asks how "day" starts, and the table\'s keys are "PK" and "SK": name a key, or use RouteCondition.attributeEquals',
  ],
  [
    'a route starts where another one does',
    [keyStartsWith('PK', 'ORDER#'), keyStartsWith('PK', 'ORDER#LINE#')],
    `${MEET} "PK" starts with "ORDER#", of the other that "PK" starts with "ORDER#LINE#"; make them exclude each other`,
  ],
  [
    'a narrow route stands before a wide one',
    [keyStartsWith('PK', 'ORDER#LINE#'), keyStartsWith('PK', 'ORDER#')],
    `${MEET} "PK" starts with "ORDER#LINE#", of the other that "PK" starts with "ORDER#"; make them exclude each other`,
  ],
  [
    'two routes ask for the same value',
    [attributeEquals('type', 'a'), attributeEquals('type', 'a')],
    `${MEET} "type" is "a", of the other that "type" is "a"; make them exclude each other`,
  ],
  [
    'a key that a route asks for starts as an earlier one says',
    [keyStartsWith('PK', 'ORDER#'), attributeEquals('PK', 'ORDER#1')],
    `${MEET} "PK" starts with "ORDER#", of the other that "PK" is "ORDER#1"; make them exclude each other`,
  ],
  [
    'a key that a route asks for starts as a later one says',
    [attributeEquals('PK', 'ORDER#1'), keyStartsWith('PK', 'ORDER#')],
    `${MEET} "PK" is "ORDER#1", of the other that "PK" starts with "ORDER#"; make them exclude each other`,
  ],
])('fails when %s', (_, conditions, fault) => {
  expect(faultsOf(conditions, KEYS)).toEqual([fault]);
});

describe('routes to one event type', () => {
  const faultsWith = (policies: (CleanupPolicy | undefined)[], destination: Partial<NakadiDestination> = {}, eventTypes = policies.map(() => 'orders')): (string | undefined)[] => {
    const routes = policies.map((cleanupPolicy, index): EventRoute => ({ eventType: eventTypes[index], condition: keyStartsWith('PK', `${index}#`), cleanupPolicy }));
    return routeFaults({ endpoint: DESTINATION.endpoint, ...destination, routes }).filter((fault) => fault !== undefined);
  };

  test('may differ in all but the cleanup policy', () => {
    const routes: EventRoute[] = [
      { eventType: 'orders', condition: keyStartsWith('PK', 'A'), cleanupPolicy: CleanupPolicy.COMPACT, tombstones: true, dataType: 'a', patchFormat: PatchFormat.NONE },
      { eventType: 'orders', condition: keyStartsWith('PK', 'B'), cleanupPolicy: CleanupPolicy.COMPACT, numberEncoding: NumberEncoding.STRING },
    ];

    expect(routeFaults({ endpoint: DESTINATION.endpoint, routes }).filter((fault) => fault !== undefined)).toEqual([]);
  });

  test.each<[string, (string | undefined)[]]>([
    ['each say the default', faultsWith([undefined, CleanupPolicy.DELETE])],
    ['each say what the destination says', faultsWith([undefined, CleanupPolicy.COMPACT], { cleanupPolicy: CleanupPolicy.COMPACT })],
    ['are none, but to one each', faultsWith([CleanupPolicy.DELETE, CleanupPolicy.COMPACT], {}, ['orders', 'invoices'])],
  ])('pass where they %s', (_, faults) => {
    expect(faults).toEqual([]);
  });

  test('fails when their cleanup policies differ', () => {
    const { COMPACT, COMPACT_AND_DELETE } = CleanupPolicy;

    expect(faultsWith([COMPACT, COMPACT_AND_DELETE, COMPACT, undefined])).toEqual([
      'destination.routes[0] and destination.routes[1] go to one event type, got cleanupPolicy compact and compact_and_delete: give both the one that the event type has in Nakadi',
      'destination.routes[0] and destination.routes[3] go to one event type, got cleanupPolicy compact and delete: give both the one that the event type has in Nakadi',
    ]);
  });
});
