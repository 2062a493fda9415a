import { App, CfnParameter, Fn, Lazy, Stack } from 'aws-cdk-lib';
import { AttributePath, CleanupPolicy, PatchFormat, type EventOptions } from '../../../lib';
import type { WholeRoute } from '../../../lib/private/handler-settings';
import type { TableKeys } from '../../../lib/private/table-keys';
import { eventFaults } from '../../../lib/private/validate-event';

const { exact, nested, prefix } = AttributePath;
const OWN = new Map([['id', 'S'], ['at', 'N']]);
const KEYS: TableKeys = { own: OWN, typed: new Map([...OWN, ['indexed', 'B'], ['counted', 'N']]) };

const faultsOf = (route: Partial<WholeRoute>, keys: TableKeys | undefined = KEYS): string[] =>
  eventFaults('destination', { eventType: 'orders', ...route }, keys).filter((fault) => fault !== undefined);

const later = (): string => Lazy.string({ produce: () => '' });

test.each<[string, EventOptions]>([
  ['tombstones of a compacted event type', { cleanupPolicy: CleanupPolicy.COMPACT, tombstones: true }],
  ['a sequence attribute named as a patch that is not written', { patchFormat: PatchFormat.NONE, sequenceAttribute: 'patch' }],
  ['a patch attribute named as a key, where no patch is written', { patchFormat: PatchFormat.NONE, patchAttribute: 'id' }],
  ['a patch in the place of a key that events do not have', { patchAttribute: 'id', excludeAttributes: [exact('id')] }],
  ['a time in a key of an index that is a number', { occurredAtAttribute: 'counted' }],
  ['a time and a flow id in a key that is a string', { occurredAtAttribute: 'id', flowIdAttribute: 'id' }],
  ['a time in a key that nothing includes', { occurredAtAttribute: 'at', includeAttributes: [exact('state')] }],
  ['a time in a key that a prefix would exclude', { occurredAtAttribute: 'at', excludeAttributes: [prefix('a')] }],
  ['a time in a key of which only what it never holds is excluded', { occurredAtAttribute: 'at', excludeAttributes: [nested('at', 'inner')] }],
  ['a time that is included by its name', { occurredAtAttribute: 'time', includeAttributes: [exact('time')] }],
  ['a time that is included by a prefix', { occurredAtAttribute: 'time', includeAttributes: [prefix('ti')] }],
  ['a flow id of which only what it never holds is excluded', { flowIdAttribute: 'flow', excludeAttributes: [nested('flow', 'inner')] }],
  ['names that are known at deployment only', { dataType: later(), patchAttribute: later(), sequenceAttribute: later(), occurredAtAttribute: later(), includeAttributes: [exact('x')] }],
  ['an attribute that is still to be looked up, where others are included', { occurredAtAttribute: 'dummy-value-for-/time', includeAttributes: [exact('x')] }],
  ['an attribute that a name which is still to be looked up may include', { flowIdAttribute: 'flow', includeAttributes: [exact('dummy-value-for-/name')] }],
  ['an attribute that a name known at deployment only may include', { flowIdAttribute: 'flow', includeAttributes: [exact(later())] }],
  ['an attribute that a name known at deployment only may exclude', { flowIdAttribute: 'flow', excludeAttributes: [exact(later()), prefix(later())] }],
])('%s pass', (_, options) => {
  expect(faultsOf(options)).toEqual([]);
});

test.each(['', ' order', 'order ', 5, null])('fails when the data type is %j', (dataType) => {
  expect(faultsOf({ dataType: dataType as string })).toEqual([`destination.dataType must be a name without spaces around it, got ${JSON.stringify(dataType)}: give the name alone`]);
});

test.each<[string, (list: string[]) => AttributePath]>([
  ['a name', ([name]) => exact(name)],
  ['a prefix', ([name]) => prefix(name)],
  ['a whole path', (list) => nested(...list)],
  ['the end of a path', (list) => nested('a', ...list)],
])('fails when %s comes from a list that is known at deployment only', (_, pathOf) => {
  const list = new CfnParameter(new Stack(new App()), 'Names', { type: 'CommaDelimitedList' }).valueAsList;
  const fault = 'destination includes or excludes an attribute path with names of a list that is known at deployment only: take each name out of it by Fn.select';

  expect(faultsOf({ includeAttributes: [pathOf(list)] })).toEqual([fault]);
  expect(faultsOf({ excludeAttributes: [pathOf(list)] })).toEqual([fault]);
  expect(faultsOf({ excludeAttributes: [exact(Fn.select(0, list))] })).toEqual([]);
});

const EXCLUDED = 'which excludeAttributes leave out: keep it in, or name another';

test.each<[string, EventOptions, string]>([
  ['tombstones are for an event type that is not compacted', { tombstones: true }, 'destination.tombstones need a compacted event type, got cleanupPolicy delete: Nakadi deletes from no other'],
  ['patch and sequence number have one place', { sequenceAttribute: 'patch' }, 'destination.sequenceAttribute and patchAttribute must differ, got "patch" for both'],
  [
    'the patch has the place of an attribute that is included',
    { includeAttributes: [nested('patch', 'inner')] },
    'destination.patchAttribute must not be one of includeAttributes, got "patch": it would stand in the same place; give another name',
  ],
  [
    'the sequence number has the place of an attribute that is included',
    { sequenceAttribute: 'version', includeAttributes: [exact('version')] },
    'destination.sequenceAttribute must not be one of includeAttributes, got "version": it would stand in the same place; give another name',
  ],
  [
    'the sequence number has the place of a key',
    { sequenceAttribute: 'id' },
    'destination.sequenceAttribute must not be a key of the table, got "id": every item has it, and it would stand in the same place; give another name',
  ],
  [
    'the patch has the place of a key',
    { patchAttribute: 'at', excludeAttributes: [prefix('at')] },
    'destination.patchAttribute must not be a key of the table, got "at": every item has it, and it would stand in the same place; give another name',
  ],
  ['nothing is included', { includeAttributes: [] }, 'destination.includeAttributes must name at least one attribute, got none: leave it out to include all'],
  ['a path has no name', { excludeAttributes: [nested()] }, 'destination includes or excludes an attribute path without a name: name at least one attribute'],
  ['a name in a path is empty', { includeAttributes: [nested('a', '')] }, 'destination includes or excludes an attribute path without a name: name at least one attribute'],
  ['a prefix is empty', { excludeAttributes: [prefix('')] }, 'destination includes or excludes an attribute path without a name: name at least one attribute'],
  ['the time is excluded', { occurredAtAttribute: 'time', excludeAttributes: [exact('time')] }, `destination.occurredAtAttribute must be an attribute that events have, got "time", ${EXCLUDED}`],
  ['the time is a key that is excluded', { occurredAtAttribute: 'at', excludeAttributes: [exact('at')] }, `destination.occurredAtAttribute must be an attribute that events have, got "at", ${EXCLUDED}`],
  ['a prefix excludes the flow id', { flowIdAttribute: 'flow', excludeAttributes: [prefix('fl')] }, `destination.flowIdAttribute must be an attribute that events have, got "flow", ${EXCLUDED}`],
  [
    'the flow id is not included',
    { flowIdAttribute: 'flow', includeAttributes: [exact('state'), nested('flow', 'id')] },
    'destination.flowIdAttribute must be an attribute that events have, got "flow", which includeAttributes do not name: name it there, or name another',
  ],
  [
    'the time is a key of an index that is binary',
    { occurredAtAttribute: 'indexed' },
    'destination.occurredAtAttribute must be an attribute that is a string or a number, got "indexed", which is a key of the type B: name another',
  ],
  [
    'the flow id is a key that is a number',
    { flowIdAttribute: 'at' },
    'destination.flowIdAttribute must be an attribute that is a string, got "at", which is a key of the type N: name another',
  ],
])('fails when %s', (_, options, fault) => {
  expect(faultsOf(options)).toEqual([fault]);
});

test('any attribute may be a key of a table that is not known', () => {
  const shape: EventOptions = { sequenceAttribute: 'id', occurredAtAttribute: 'at', flowIdAttribute: 'flow', includeAttributes: [exact('x')], excludeAttributes: [prefix('a')] };

  expect(eventFaults('destination', { eventType: 'orders', ...shape }).filter((fault) => fault !== undefined)).toEqual([]);
});

test('fails when an attribute is excluded by its name, whatever the keys of the table are', () => {
  expect(eventFaults('destination', { eventType: 'orders', occurredAtAttribute: 'at', excludeAttributes: [exact('at')] }).filter((fault) => fault !== undefined)).toEqual([
    `destination.occurredAtAttribute must be an attribute that events have, got "at", ${EXCLUDED}`,
  ]);
});
