import { assembleEvents, type Assembly } from '../../../lambda/core/change-event.ts';
import { routeOf, type EventShape, type Route } from '../../../lambda/core/event-route.ts';
import { assembleSnapshot } from '../../../lambda/core/snapshot-event.ts';
import { readStreamRecord, type AttributeMap, type StreamRecord } from '../../../lambda/core/stream-record.ts';
import { CREATED_AT, keyedRecord, paddedSequence, ROUTE, shapeOf, STREAM, streamRecord, type RecordOptions } from '../factories.ts';

const keyed = (prefix: string, attribute = 'id'): Route['condition'] => ({ type: 'key-starts-with', attribute, value: prefix });
const equal = (value: string, attribute = 'type'): Route['condition'] => ({ type: 'attribute-equals', attribute, value });
const route = (eventType: string, condition?: Route['condition']): Route => ({ ...ROUTE, eventType, dataType: `kind of ${eventType}`, condition });
const shape = (routes: readonly Route[], unrouted: EventShape['unrouted'] = 'drop'): EventShape => ({ ...shapeOf(), routes, unrouted });

const ROUTES = [route('orders', keyed('ORDER#')), route('customers', equal('customer')), route('old orders', keyed('ORDER#OLD'))];

/** Event type and data type of the event, or what there is in place of it. */
function destination(assembly: Assembly): unknown {
  if (assembly.type !== 'events') {
    return assembly.type === 'nothing' ? 'nothing' : assembly.detail;
  }
  const [{ eventType, json }] = assembly.events;
  return [eventType, (JSON.parse(String(json)) as { data_type: string }).data_type];
}

const item = (id: string, more: AttributeMap = {}): AttributeMap => ({ id: { S: id }, ...more });
const typed = (id: string, type: string): AttributeMap => item(id, { type: { S: type } });
const record = (id: string, options: RecordOptions): StreamRecord => streamRecord({ id, newImage: item(id), oldImage: item(id, { was: { NULL: true } }), ...options });
const sent = (id: string, options: RecordOptions = {}, routes: readonly Route[] = ROUTES, unrouted?: EventShape['unrouted']): unknown =>
  destination(assembleEvents(record(id, options), shape(routes, unrouted)));

describe('an item goes', () => {
  test.each<[string, string, RecordOptions, string]>([
    ['by the beginning of its key', 'ORDER#1', {}, 'orders'],
    ['by a key that is nothing but the beginning', 'ORDER#', {}, 'orders'],
    ['by the value of an attribute', 'X', { newImage: typed('X', 'customer') }, 'customers'],
    ['the first of two ways', 'ORDER#OLD', {}, 'orders'],
    ['the first of two ways, whichever they are', 'ORDER#1', { newImage: typed('ORDER#1', 'customer') }, 'orders'],
    ['by the new value, not the old one', 'X', { eventName: 'MODIFY', newImage: typed('X', 'customer'), oldImage: typed('X', 'lead') }, 'customers'],
    ['by the last value after a deletion', 'X', { eventName: 'REMOVE', oldImage: typed('X', 'customer') }, 'customers'],
    ['by its key after a deletion', 'ORDER#1', { eventName: 'REMOVE' }, 'orders'],
  ])('%s', (_, id, options, eventType) => {
    expect(sent(id, options)).toEqual([eventType, `kind of ${eventType}`]);
  });

  test('by a sort key', () => {
    const keys: AttributeMap = { pk: { S: 'A' }, sk: { S: 'LINE#1' } };
    const lines = shape([route('orders', keyed('LINE#', 'pk')), route('lines', keyed('LINE#', 'sk'))]);
    expect(destination(assembleEvents(keyedRecord(keys, { newImage: keys }), lines))).toEqual(['lines', 'kind of lines']);
  });

  test('where everything goes that no route before was for', () => {
    expect(sent('X', {}, [...ROUTES, route('rest')])).toEqual(['rest', 'kind of rest']);
  });
});

describe('nothing is published of an item that', () => {
  test.each<[string, string, RecordOptions]>([
    ['has another key', 'X', {}],
    ['has the beginning in the middle', 'X-ORDER#1', {}],
    ['has another value', 'X', { newImage: typed('X', 'customers') }],
    ['has the value no more', 'X', { eventName: 'MODIFY', newImage: typed('X', 'lead'), oldImage: typed('X', 'customer') }],
    ['has the value with another type', 'X', { newImage: item('X', { type: { SS: ['customer'] } }) }],
  ])('%s', (_, id, options) => {
    expect(sent(id, options)).toBe('nothing');
    expect(sent(id, options, ROUTES, 'refuse')).toBe('no route is for the item: add one, or let unrouted items be dropped');
  });
});

test.each<[string, unknown]>([
  ['null', null],
  ['a number', { S: 5 }],
  ['no value at all', {}],
])('an attribute that is %s meets no condition', (_, value) => {
  const faulty = { id: value, type: value } as AttributeMap;
  const given = { keys: faulty, raw: { dynamodb: { NewImage: faulty } } };
  expect(routeOf(given, [route('a', keyed('')), route('b', equal('5'))])).toBeUndefined();
});

test('a name that every object has meets no condition', () => {
  expect(sent('X', {}, [route('a', keyed('', 'constructor')), route('b', equal('x', '__proto__'))])).toBe('nothing');
});

test('an item that comes from another route is told, though nothing that its events show has changed', () => {
  const routes = [{ ...route('leads', equal('lead')), exclude: [{ path: ['type'] }] }, { ...route('customers', equal('customer')), exclude: [{ path: ['type'] }] }];
  const moved = (from: AttributeMap, to: AttributeMap): unknown =>
    destination(assembleEvents(record('X', { eventName: 'MODIFY', oldImage: from, newImage: to }), shape(routes, 'drop')));
  expect(moved(typed('X', 'lead'), typed('X', 'customer'))).toEqual(['customers', 'kind of customers']);
  expect(moved(typed('X', 'note'), typed('X', 'customer'))).toEqual(['customers', 'kind of customers']);
  expect(moved(typed('X', 'customer'), { ...typed('X', 'customer'), type: { S: 'customer' } })).toBe('nothing');
  expect(moved(typed('X', 'customer'), typed('X', 'note'))).toBe('nothing');
});

describe('a snapshot', () => {
  const subject = { streamArn: STREAM, keys: item('X'), sequence: paddedSequence(5), lateMarks: 1, last: { dynamodb: { NewImage: typed('X', 'customer') } } };
  const snapshot = (image: AttributeMap | undefined, routes: readonly Route[], unrouted: 'drop' | 'refuse' = 'drop'): unknown =>
    destination(assembleSnapshot(subject, image, CREATED_AT, shape(routes, unrouted)));
  const routes = [route('leads', equal('lead')), route('customers', equal('customer'))];

  test.each<[string, AttributeMap | undefined, unknown]>([
    ['goes where the item goes now', typed('X', 'lead'), ['leads', 'kind of leads']],
    ['of a deleted item goes where it went last', undefined, ['customers', 'kind of customers']],
    ['of an item that goes nowhere now is none', typed('X', 'other'), 'nothing'],
  ])('%s', (_, image, expected) => {
    expect(snapshot(image, routes)).toEqual(expected);
  });

  test('fails when the item goes nowhere now, and the team refuses such items', () => {
    expect(snapshot(typed('X', 'other'), routes, 'refuse')).toBe('no route is for the item: add one, or let unrouted items be dropped');
  });

  test('goes by the key, whatever is in the table', () => {
    expect(snapshot(undefined, [route('keys', keyed('X'))])).toEqual(['keys', 'kind of keys']);
    expect(snapshot(item('X'), [route('keys', keyed('X'))])).toEqual(['keys', 'kind of keys']);
  });
});

describe('a deletion by time to live', () => {
  const byService = (principalId: string, eventName = 'REMOVE'): StreamRecord =>
    readStreamRecord({ ...record('X', { eventName }).raw, userIdentity: { type: 'Service', principalId } });
  const published = (given: StreamRecord, timeToLiveDeletions?: boolean): string => assembleEvents(given, shapeOf({ timeToLiveDeletions })).type;

  test('is published, unless the team leaves such deletions out', () => {
    const expired = byService('dynamodb.amazonaws.com');
    expect([published(expired), published(expired, true), published(expired, false)]).toEqual(['events', 'events', 'nothing']);
  });

  test.each<[string, StreamRecord]>([
    ['a deletion by somebody else', byService('other.amazonaws.com')],
    ['a deletion by nobody that is named', record('X', { eventName: 'REMOVE' })],
    ['a change by the service', byService('dynamodb.amazonaws.com', 'MODIFY')],
  ])('%s is none', (_, given) => {
    expect(published(given, false)).toBe('events');
  });

  test('is judged by the route of the item', () => {
    const routes = [{ ...route('orders', keyed('ORDER#')), timeToLiveDeletions: false }, route('rest')];
    expect(destination(assembleEvents(byService('dynamodb.amazonaws.com'), shape(routes)))).toEqual(['rest', 'kind of rest']);
  });
});
