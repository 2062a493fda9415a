import { App, CfnParameter, Lazy, Stack, Token } from 'aws-cdk-lib';
import { RouteCondition, type EventRoute } from '../../../lib';
import type { TableKeys } from '../../../lib/private/table-keys';
import { routeFaults } from '../../../lib/private/validate-routes';
import { DESTINATION } from '../stacks';

const { keyStartsWith, attributeEquals } = RouteCondition;
const KEYS: TableKeys = new Map([['PK', 'S'], ['SK', 'N']]);
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
    'destination.routes[0].condition asks how "SK" starts, and the table\'s key of this name has the type N, so that no item meets it: name an attribute that is a string',
  ],
  [
    'the text of a key is asked for that has none',
    [attributeEquals('SK', '2')],
    'destination.routes[0].condition asks whether "SK" is "2", and the table\'s key of this name has the type N, so that no item meets it: name an attribute that is a string',
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
