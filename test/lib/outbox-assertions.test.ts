import { CfnParameter, Duration, Fn, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import * as fc from 'fast-check';
import { AttributePath, CleanupPolicy, OutboxAssertions, OutboxRelay, OutboxTable, RouteCondition, type NakadiDestination, type OutboxTableProps, type PublishedEvents } from '../../lib';
import { isLeftOut } from '../../lib/private/left-out';
import { selectAttributes, type Selection } from '../../lambda/core/attribute-selection.ts';
import { ALL_OPTIONS } from './all-options';
import { DESTINATION, errorOf, KEY, newStack, outboxStack } from './stacks';

const EVENT_TYPE = 'order-store.order-changed';
const { exact, nested, prefix } = AttributePath;

const assertionsOf = (props: Partial<OutboxTableProps> | ((stack: Stack) => Partial<OutboxTableProps>) = {}): OutboxAssertions =>
  OutboxAssertions.fromTemplate(Template.fromStack(outboxStack(props).stack));

/** Assertions on an outbox with the destination of the tests, changed. */
const withEvents = (events: Partial<NakadiDestination>): OutboxAssertions => assertionsOf({ destination: { ...DESTINATION, ...events } });

const HAS = `
The template has:
  order-store.order-changed at https://nakadi.example.org by OrdersRelayFunction8FC21073, dataType order-store.order-changed, cleanupPolicy delete, holdFor 900 seconds`;

describe('an outbox publishes', () => {
  test.each<[string, Partial<OutboxTableProps>, PublishedEvents | undefined]>([
    ['with nothing more expected', {}, undefined],
    ['as by default', {}, { endpoint: 'https://nakadi.example.org', dataType: EVENT_TYPE, cleanupPolicy: CleanupPolicy.DELETE, holdFor: Duration.minutes(15), leftOut: [] }],
    ['as asked', { destination: { ...DESTINATION, dataType: 'order', cleanupPolicy: CleanupPolicy.COMPACT } }, { dataType: 'order', cleanupPolicy: CleanupPolicy.COMPACT }],
    ['held back', { holdFor: Duration.hours(1) }, { holdFor: Duration.minutes(60) }],
    ['at an endpoint with a path', { destination: { ...DESTINATION, endpoint: 'https://nakadi.example.org/api/' } }, { endpoint: 'https://nakadi.example.org/api' }],
    ['at an endpoint that is expected with a slash', {}, { endpoint: 'https://nakadi.example.org/' }],
  ])('%s', (_, props, expected) => {
    assertionsOf(props).publishes(EVENT_TYPE, expected);
  });

  test('to the event types of all its routes', () => {
    const outbox = assertionsOf(ALL_OPTIONS);
    outbox.publishes('invoices', { endpoint: 'https://nakadi.example.org/api', cleanupPolicy: CleanupPolicy.COMPACT, leftOut: [prefix('internal')] });
    outbox.publishesOnly('invoices', 'orders');
  });

  test('where parts of the destination are known at deployment only', () => {
    const outbox = assertionsOf((stack) => ({
      destination: {
        endpoint: `https://${new CfnParameter(stack, 'Host').valueAsString}/api`,
        eventType: Fn.importValue('EventType'),
        dataType: new CfnParameter(stack, 'Other').node.path,
      },
    }));
    outbox.publishes('${{Fn::ImportValue:EventType}}', { endpoint: 'https://${Host}/api', holdFor: Duration.minutes(15) });
  });
});

describe('fails when', () => {
  test('nothing is published to the event type, and says what is', () => {
    expect(errorOf(() => { assertionsOf().publishes('order-store.order-chnaged'); })).toBe(`nothing is published to order-store.order-chnaged${HAS}`);
  });

  test('what is to be left out is no attribute path, which compilers refuse', () => {
    const remedy = 'give AttributePath.exact(name), or another of its methods';
    expect(errorOf(() => { assertionsOf().publishes(EVENT_TYPE, { leftOut: ['cardNumber', exact('a'), undefined] as never }); })).toBe(
      `leftOut[0] must be made by AttributePath, got "cardNumber": ${remedy}\nleftOut[2] must be made by AttributePath, got undefined: ${remedy}`,
    );
    expect(errorOf(() => { assertionsOf().publishes(EVENT_TYPE, { leftOut: exact('cardNumber') as never }); })).toBe('leftOut must be a list of attribute paths, got an object: give a list');
  });

  test('the template has no outbox', () => {
    const outbox = OutboxAssertions.fromTemplate(Template.fromStack(newStack()));
    expect(errorOf(() => { outbox.publishes(EVENT_TYPE); })).toBe(`nothing is published to ${EVENT_TYPE}\nThe template has no outbox.`);
    expect(errorOf(() => { outbox.retainsData(); })).toBe('there is no outbox\nThe template has no outbox.');
    expect(() => { outbox.publishesOnly(); }).not.toThrow();
  });

  test('something is not as expected, and says all of it at once', () => {
    const expected = { endpoint: 'https://nakadi.example.com', dataType: 'order', cleanupPolicy: CleanupPolicy.COMPACT, holdFor: Duration.minutes(1), leftOut: [exact('cardNumber')] };
    const who = `OrdersRelayFunction8FC21073, ${EVENT_TYPE}`;
    expect(errorOf(() => { assertionsOf().publishes(EVENT_TYPE, expected); })).toBe(
      `${who}: endpoint is https://nakadi.example.org, expected https://nakadi.example.com
${who}: dataType is order-store.order-changed, expected order
${who}: cleanupPolicy is delete, expected compact
${who}: holdFor is 900 seconds, expected 60 seconds
${who}: events may show cardNumber, expected it to be left out${HAS}`,
    );
  });

  test('one of two outboxes with the event type is not as expected', () => {
    const { stack } = outboxStack({ destination: { ...DESTINATION, excludeAttributes: [exact('secret')] } });
    const imported = Table.fromTableAttributes(stack, 'Imported', { tableName: 'imported', tableStreamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/imported/stream/1' });
    new OutboxRelay(stack, 'Other', { table: imported, destination: DESTINATION });
    const outbox = OutboxAssertions.fromTemplate(Template.fromStack(stack));

    expect(errorOf(() => { outbox.publishes(EVENT_TYPE, { leftOut: [exact('secret')] }); })).toMatch(/^OtherRelayFunction\w+, order-store.order-changed: events may show secret/);
    expect(errorOf(() => { outbox.publishesOnly(); })).toContain(`changes are published to ${EVENT_TYPE}, which is not expected`);
  });

  test('the outbox is paused', () => {
    expect(errorOf(() => { assertionsOf({ enabled: false }).publishes(EVENT_TYPE); })).toContain(`${EVENT_TYPE}: the outbox is paused, expected enabled to be true`);
  });

  test.each<[string, (schedule: CfnSchedule) => void]>([
    ['is disabled', (schedule) => { schedule.state = 'DISABLED'; }],
    ['starts another function', (schedule) => { schedule.addPropertyOverride('Target.Arn', 'arn:aws:lambda:eu-central-1:123456789012:function:other'); }],
    ['is gone', (schedule) => { schedule.node.scope?.node.tryRemoveChild(schedule.node.id); }],
  ])('the schedule of the requeue %s', (_, change) => {
    const { stack, outbox } = outboxStack();
    new OutboxTable(stack, 'Other', { partitionKey: KEY, destination: { ...DESTINATION, eventType: 'other' } });
    change(outbox.relay.node.findChild('RequeueSchedule').node.defaultChild as CfnSchedule);
    const assertions = OutboxAssertions.fromTemplate(Template.fromStack(stack));

    assertions.publishes('other');
    expect(errorOf(() => { assertions.publishes(EVENT_TYPE); })).toMatch(
      /^OrdersRelayFunction8FC21073, order-store.order-changed: its requeue is paused, expected its schedule to be enabled\nThe template has:\n.*, requeue paused\n.*$/,
    );
  });

  test('an event type is published to that nobody expects, or one is missing', () => {
    expect(errorOf(() => { assertionsOf().publishesOnly('orders'); })).toBe(
      `nothing is published to orders\nchanges are published to ${EVENT_TYPE}, which is not expected${HAS}`,
    );
  });

  test('data goes with the stack', () => {
    assertionsOf().retainsData();
    expect(errorOf(() => { assertionsOf({ parkedEventsRemovalPolicy: RemovalPolicy.DESTROY, removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE }).retainsData(); })).toMatch(
      /^(OrdersRelay(ParkedEventsTable|DeadLetterQueue)\w{8} \(AWS::(DynamoDB::GlobalTable|SQS::Queue)\): (DeletionPolicy|UpdateReplacePolicy) is Delete, expected Retain\n){4}The template has:/,
    );
    expect(errorOf(() => { assertionsOf({ removalPolicy: RemovalPolicy.DESTROY }).retainsData(); })).toMatch(/^OrdersTable\w{8} \(AWS::DynamoDB::GlobalTable\): DeletionPolicy is Delete/);
  });
});

describe('an attribute is left out', () => {
  const left = (events: Partial<NakadiDestination>, path: AttributePath): boolean => {
    try {
      withEvents(events).publishes(EVENT_TYPE, { leftOut: [path] });
      return true;
    } catch {
      return false;
    }
  };

  test.each<[string, boolean, Partial<NakadiDestination>, AttributePath]>([
    ['where nothing is said', false, {}, exact('a')],
    ['by its name', true, { excludeAttributes: [exact('a')] }, exact('a')],
    ['by another name', false, { excludeAttributes: [exact('b')] }, exact('a')],
    ['by what it lies in', true, { excludeAttributes: [exact('a')] }, nested('a', 'b')],
    ['by a part of it', false, { excludeAttributes: [nested('a', 'b')] }, exact('a')],
    ['by a beginning', true, { excludeAttributes: [prefix('card')] }, exact('cardNumber')],
    ['by a beginning, with all that begins so', true, { excludeAttributes: [prefix('card')] }, prefix('cardN')],
    ['by its name, with all that begins so', false, { excludeAttributes: [exact('card')] }, prefix('card')],
    ['by a beginning, where it is a key', false, { excludeAttributes: [prefix('order')] }, exact('orderId')],
    ['by its name, where it is a key', true, { excludeAttributes: [exact('orderId')] }, exact('orderId')],
    ['where something else is included', true, { includeAttributes: [exact('a')] }, exact('b')],
    ['where something else is included, and it is a key', false, { includeAttributes: [exact('a')] }, exact('orderId')],
    ['where a part of it is included', false, { includeAttributes: [nested('a', 'b')] }, exact('a')],
    ['where what it lies in is included', false, { includeAttributes: [exact('a')] }, nested('a', 'b')],
    ['where some of what begins so is included', false, { includeAttributes: [exact('cardHolder')] }, prefix('card')],
  ])('%s: %s', (_, expected, events, path) => {
    expect(left(events, path)).toBe(expected);
  });

  test('in every route that a destination excludes it for', () => {
    const outbox = withEvents({ eventType: undefined, excludeAttributes: [exact('a')], routes: [{ condition: RouteCondition.keyStartsWith('orderId', 'A'), eventType: 'one' }, { condition: RouteCondition.keyStartsWith('orderId', 'B'), eventType: 'two', excludeAttributes: [exact('b')] }] });

    outbox.publishes('one', { leftOut: [exact('a')] });
    outbox.publishes('two', { leftOut: [exact('a'), exact('b')] });
    expect(errorOf(() => { outbox.publishes('one', { leftOut: [exact('b')] }); })).toContain('one: events may show b, expected it to be left out\n');
  });

  test('only by its name where the keys of the table are not known', () => {
    const stack = newStack();
    const table = Table.fromTableAttributes(stack, 'Imported', { tableName: 'imported', tableStreamArn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/imported/stream/1' });
    new OutboxRelay(stack, 'Orders', { table, destination: { ...DESTINATION, excludeAttributes: [exact('a'), prefix('b')] } });
    const outbox = OutboxAssertions.fromTemplate(Template.fromStack(stack));

    outbox.publishes(EVENT_TYPE, { leftOut: [exact('a'), nested('a', 'x'), prefix('bc')] });
    expect(errorOf(() => { outbox.publishes(EVENT_TYPE, { leftOut: [exact('bc')] }); })).toContain(
      'events may show bc, expected it to be left out: the keys of its table are not in the template, so only attributes that are excluded by their names count',
    );
  });

  test('never where the handlers would show it', () => {
    const name = fc.constantFrom('a', 'ab', 'abc', 'b', 'id');
    const path = fc.oneof(fc.record({ path: fc.array(name, { minLength: 1, maxLength: 3 }) }), fc.record({ path: fc.tuple(name), prefix: fc.constant(true) }));
    const paths = fc.option(fc.array(path, { minLength: 1, maxLength: 3 }), { nil: undefined });
    const pick = (selection: Selection, step: string): Selection => (typeof selection === 'string' ? selection : selection.pick(step));
    /** Whether the handlers show anything at, or below, a path. */
    const shows = (selection: Selection, depth: number): boolean =>
      selection === 'all' || (selection !== 'none' && depth > 0 && ['a', 'ab', 'abc', 'b', 'id'].some((step) => shows(selection.pick(step), depth - 1)));

    fc.assert(
      fc.property(paths, paths, fc.array(name, { minLength: 1, maxLength: 3 }), fc.boolean(), (include, exclude, asserted, known) => {
        fc.pre(asserted.length === 1 || asserted[0] !== 'id'); // a key has nothing inside
        const shown = shows(asserted.reduce<Selection>(pick, selectAttributes({ include, exclude }, { id: { S: '1' } })), 3);
        return !(shown && isLeftOut({ path: asserted }, { include, exclude } as never, known ? ['id'] : undefined));
      }),
      { numRuns: 5_000 },
    );
  });
});
