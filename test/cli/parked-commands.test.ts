import { randomBytes } from 'node:crypto';
import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import type { TableAccess } from '../../cli/command-line.ts';
import { runCommand, type ParkedEventsAccess } from '../../cli/run-command.ts';
import { parkedEventsOperator } from '../../lambda/adapters/parked-events-operator.ts';
import { parkedEventsTable } from '../../lambda/adapters/parked-events-table.ts';
import { parkingLot } from '../../lambda/adapters/parking-lot.ts';
import { skippedEvents } from '../../lambda/adapters/skipped-events.ts';
import type { ParkReason } from '../../lambda/core/parked-event.ts';
import type { ParkedEvents } from '../../lambda/core/ports.ts';
import type { StreamRecord } from '../../lambda/core/stream-record.ts';
import { createParkedEventsTable, startDynamoDbLocal, type DynamoDbLocal } from '../lambda/adapters/dynamodb-local.ts';
import { CREATED_AT, sequenceNumber, STREAM, streamRecord } from '../lambda/factories.ts';
import { RecordingTerminal } from './recording-terminal.ts';

let local: DynamoDbLocal;
let table: string;
let now: number;
let parked: ParkedEvents;
let terminal: RecordingTerminal;
let tables = 0;

beforeAll(async () => {
  local = await startDynamoDbLocal();
});
afterAll(() => local.stop());
beforeEach(async () => {
  table = await createParkedEventsTable(local.client, `commands-${tables++}`);
  now = CREATED_AT;
  terminal = new RecordingTerminal();
  parked = parkedEventsTable(local.documents, table, () => now);
});

const key = (id: string): string => JSON.stringify({ id });
const idOf = (id: string): string => streamRecord({ id }).item;
const time = (): string => new Date(now).toISOString();

async function park(id: string, sequence: number, reason: ParkReason = 'rejected', detail = '422: no'): Promise<void> {
  const record = streamRecord({ id, sequence });
  await parked.announce(record.streamArn);
  await parkingLot(local.documents, table, () => now).park({ record, reason, detail });
}

async function parkLate(record: StreamRecord): Promise<void> {
  await parked.announce(record.streamArn);
  await parked.parkLate(record);
}

/** Runs a command at a time; gives its exit code. */
function run(...args: string[]): Promise<number> {
  terminal = Object.assign(new RecordingTerminal(), { answer: terminal.answer });
  return runCommand(['parked', ...args, '--table', table], connect, terminal);
}

function connect({ table: name }: TableAccess): ParkedEventsAccess {
  return { events: parkedEventsOperator(local.documents, name, () => now), skipped: skippedEvents(local.documents, name, () => now) };
}

const jsonLines = (): Record<string, unknown>[] => terminal.printed.map((line) => JSON.parse(line) as Record<string, unknown>);
const waiting = async (id: string): Promise<number[]> => {
  const { records } = await parked.readRecords(idOf(id), 100);
  return records.map(({ sequence }) => Number(sequence.slice(-6)));
};

describe('parked list', () => {
  test('says what waits, why, since when, and when it is due', async () => {
    await park('a', 1);
    await park('a', 2, 'behind', 'an earlier change of the item waits');
    now += 60_000;
    await parked.postpone(idOf('a'), '2026-03-01T00:00:00.000Z', { attempts: 3, detail: '422: still no' });
    expect(await run('list')).toBe(0);
    expect(terminal.text).toBe(
      [
        `{"id":"a"}  ${idOf('a')}`,
        `  rejected since ${new Date(CREATED_AT).toISOString()}, 3 attempts, due 2026-03-01T00:00:00.000Z`,
        '  422: still no',
      ].join('\n'),
    );
    expect(terminal.notes).toEqual(['1 item waits: 1 rejected']);
  });

  test('writes one JSON object a line for machines', async () => {
    await park('a', 1);
    await parkLate(streamRecord({ id: 'b', sequence: 2 }));
    expect(await run('list', '--json')).toBe(0);
    const shared = { streamArn: STREAM, waitingSince: time(), attempts: 0, dueAt: time() };
    expect(jsonLines()).toEqual(
      expect.arrayContaining([
        { ...shared, id: idOf('a'), key: { id: { S: 'a' } }, reason: 'rejected', detail: '422: no', sequence: expect.stringContaining(sequenceNumber(1)) as string, eventName: 'INSERT', late: false },
        { ...shared, id: idOf('b'), key: { id: { S: 'b' } }, reason: 'late', detail: 'the event source mapping gave up on it', sequence: expect.stringContaining(sequenceNumber(2)) as string, eventName: 'INSERT', late: true },
      ]),
    );
    expect(terminal.notes).toEqual([expect.stringMatching(/^2 items wait: 1 (rejected|late), 1 (rejected|late)$/)]);
  });

  test('reads page by page, longest due first, each item once', async () => {
    const ids = Array.from({ length: 230 }, (_, index) => `item ${String(index).padStart(3, '0')}`);
    for (const id of ids) {
      await park(id, 1, 'away');
      now += 1_000;
    }
    expect(await run('list', '--json')).toBe(0);
    expect(jsonLines().map((line) => (line.key as { id: { S: string } }).id.S)).toEqual(ids);
    expect(terminal.notes).toEqual(['230 items wait: 230 away']);
  });

  test('stops at the limit, and says that there is more', async () => {
    for (const id of ['a', 'b', 'c']) {
      await park(id, 1);
    }
    expect(await run('list', '--limit', '2')).toBe(0);
    expect(terminal.printed).toHaveLength(2);
    expect(terminal.notes).toEqual(['2 items wait: 2 rejected; there are more']);
    expect(await run('list', '--limit', '3')).toBe(0);
    expect(terminal.notes).toEqual(['3 items wait: 3 rejected']);
  });

  test('shows only the items of a reason, or one item', async () => {
    await park('a', 1, 'rejected');
    await park('b', 1, 'invalid');
    await park('b', 2, 'rejected');
    expect(await run('list', '--reason', 'rejected', '--json')).toBe(0);
    expect(jsonLines()).toMatchObject([{ id: idOf('a') }]);
    expect(await run('list', '--item', key('b'), '--json')).toBe(0);
    expect(jsonLines()).toMatchObject([{ id: idOf('b'), reason: 'invalid' }]);
    expect(await run('list', '--item', key('b'), '--reason', 'rejected')).toBe(1);
    expect(await run('list', '--item', idOf('a'), '--json')).toBe(0);
    expect(jsonLines()).toMatchObject([{ id: idOf('a') }]);
  });

  test('says what the oldest record waits for, not what a crash left behind', async () => {
    await park('a', 1, 'rejected');
    await park('a', 2, 'behind');
    await parked.advance(idOf('a'), (await parked.readRecords(idOf('a'), 1)).records[0].sequence, []);
    expect(await run('list', '--json')).toBe(0);
    expect(jsonLines()).toMatchObject([{ reason: 'behind' }]);
  });

  test('tells an item of which nothing is left', async () => {
    await park('a', 1);
    await run('skip', '--item', key('a'), '--because', 'x', '--yes');
    expect(await run('list')).toBe(0);
    expect(terminal.text).toContain('nothing is left to be published: the requeue closes the item');
    expect(terminal.notes).toEqual(['1 item waits: 1 with nothing left, to be closed']);
  });

  test('tells an item of which a snapshot is left', async () => {
    await parkLate(streamRecord({ id: 'a', sequence: 1 }));
    await run('skip', '--item', key('a'), '--because', 'x', '--yes');
    await parked.postpone(idOf('a'), '2026-03-01T00:00:00.000Z', { attempts: 3, detail: '/amount is no number' });
    expect(await run('list')).toBe(0);
    expect(terminal.text).toContain('  a snapshot of the item is left, 3 attempts, due 2026-03-01T00:00:00.000Z\n  /amount is no number');
    expect(terminal.notes.at(-1)).toBe('1 item waits: 1 with a snapshot left');
  });

  test('shows no control characters that others wrote, and only the beginning of a long text', async () => {
    await park('a', 1, 'rejected', `422: \u001b[2Jno\nno ${'x'.repeat(500)}`);
    await run('list');
    expect(terminal.printed[0].split('\n')).toHaveLength(3);
    expect(terminal.text).not.toContain('\u001b');
    expect(terminal.text).toMatch(/x…$/);
  });

  test('exits with 1 when nothing waits', async () => {
    expect(await run('list')).toBe(1);
    expect([terminal.printed, terminal.notes]).toEqual([[], ['no such item waits']]);
    await park('a', 1);
    await parked.close((await parked.headsOf([idOf('a')])).get(idOf('a'))!, (await parked.readRecords(idOf('a'), 9)).records);
    expect(await run('list')).toBe(1);
    expect(await run('list', '--item', key('a'))).toBe(1);
  });
});

describe('parked show', () => {
  test('says how far the item is, and each of its records', async () => {
    await park('a', 5);
    await park('a', 6, 'behind', 'an earlier change of the item waits');
    await parkLate(streamRecord({ id: 'a', sequence: 2 }));
    expect(await run('show', '--item', key('a'))).toBe(0);
    expect(terminal.text).toBe(
      [
        'item       {"id":"a"}',
        `id         ${idOf('a')}`,
        `stream     ${STREAM}`,
        'published  through 0',
        `parked     up to ${sequenceNumber(6)}`,
        'late       1 marks: a snapshot follows the records',
        `waits      0 attempts, due ${time()}`,
        `- sequence ${sequenceNumber(2)}  INSERT  late, parked ${time()}`,
        '  the event source mapping gave up on it',
        `- sequence ${sequenceNumber(5)}  INSERT  rejected, parked ${time()}`,
        '  422: no',
        `- sequence ${sequenceNumber(6)}  INSERT  behind, parked ${time()}`,
        '  an earlier change of the item waits',
      ].join('\n'),
    );
    expect(terminal.text).not.toContain('state');
  });

  test('prints the stream records when asked to', async () => {
    await park('a', 1);
    await run('skip', '--item', key('a'), '--because', 'x', '--yes');
    await park('a', 2);
    expect(await run('show', '--item', key('a'), '--records')).toBe(0);
    const records = terminal.printed.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as unknown);
    expect(records).toEqual([2, 1].map((sequence) => streamRecord({ id: 'a', sequence }).raw));
  });

  test('shows what was skipped, by whom and why', async () => {
    await park('a', 1);
    await run('skip', '--item', key('a'), '--because', 'no such order', '--by', 'anna', '--yes');
    await run('show', '--item', key('a'));
    expect(terminal.text).toContain(`- sequence ${sequenceNumber(1)}  INSERT  rejected, skipped ${time()} by anna: no such order\n  422: no`);
  });

  test('shows what was skipped of an item whose head is gone, and its record', async () => {
    await park('a', 1);
    await run('skip', '--item', key('a'), '--because', 'no such order', '--by', 'anna', '--yes');
    await local.documents.send(new DeleteCommand({ TableName: table, Key: { item: idOf('a'), entry: 'head' } }));
    expect(await run('show', '--item', idOf('a'), '--records')).toBe(0);
    expect(terminal.printed[0]).toContain('by anna: no such order');
    expect(JSON.parse(terminal.printed[1])).toEqual(streamRecord({ id: 'a', sequence: 1 }).raw);
  });

  test('says where a row of a record is missing', async () => {
    const image = { id: { S: 'a' }, b: { B: randomBytes(399_000).toString('base64') } };
    await parkLate(streamRecord({ id: 'a', sequence: 1, newImage: image }));
    const [{ sequence }] = (await parked.readRecords(idOf('a'), 9)).records;
    await local.documents.send(new DeleteCommand({ TableName: table, Key: { item: idOf('a'), entry: `${sequence}#001` } }));
    expect(await run('show', '--item', key('a'), '--records')).toBe(0);
    expect(terminal.text).toMatch(/a row of it is missing: it cannot be published\n.*\n {2}the record cannot be read: .+$/);
  });

  test('shows the item of each stream that the table ever had', async () => {
    await park('a', 1);
    await parkLate(streamRecord({ id: 'a', streamArn: `${STREAM}9` }));
    expect(await run('show', '--item', key('a'))).toBe(0);
    expect(terminal.printed.filter((line) => line.startsWith('item '))).toHaveLength(2);
    expect(await run('skip', '--item', key('a'), '--because', 'x')).toBe(2);
    expect(terminal.notes[0]).toMatch(/^items of several streams have this key: name one by its id, .+ or .+\)$/);
  });

  test('exits with 1 when nothing is known', async () => {
    expect(await run('show', '--item', key('a'))).toBe(1);
    await park('a', 1);
    expect(await run('show', '--item', key('b'))).toBe(1);
    expect(terminal.notes).toEqual([expect.stringMatching(/^nothing is known of such an item/)]);
  });
});

describe('parked retry', () => {
  const LATER = '2026-03-01T00:00:00.000Z';
  const put = async (id: string, reason: ParkReason): Promise<void> => {
    await park(id, 1, reason);
    await parked.postpone(idOf(id), LATER, { attempts: 5, detail: 'no' });
  };
  const due = async (): Promise<readonly string[]> => (await Array.fromAsync(parked.duePages(time()))).flat();

  test('makes one item due, as if it had never been refused', async () => {
    await put('a', 'rejected');
    await put('b', 'rejected');
    now += 1_000;
    expect(await run('retry', '--item', key('a'))).toBe(0);
    expect((await parked.headsOf([idOf('a')])).get(idOf('a'))).toMatchObject({ dueAt: time(), attempts: 0 });
    expect(await due()).toEqual([idOf('a')]);
    expect(terminal.notes).toEqual(['1 item is due now: the next run of the requeue publishes what it can']);
  });

  test('makes the items of a reason due', async () => {
    await put('a', 'rejected');
    await put('b', 'away');
    expect(await run('retry', '--reason', 'away')).toBe(0);
    expect(await due()).toEqual([idOf('b')]);
  });

  test('makes all items due, each once, and leaves those that are due already their place', async () => {
    await park('first', 1);
    const first = time();
    now += 60_000;
    for (let index = 0; index < 220; index++) {
      await put(`item ${String(index)}`, 'rejected');
    }
    expect(await run('retry', '--all')).toBe(0);
    expect(terminal.notes).toEqual(['221 items are due now: the next run of the requeue publishes what it can']);
    expect(await due()).toHaveLength(221);
    expect((await parked.headsOf([idOf('first')])).get(idOf('first'))).toMatchObject({ dueAt: first });
  });

  test('exits with 1 when no such item waits', async () => {
    expect(await run('retry', '--all')).toBe(1);
    await put('a', 'rejected');
    expect(await run('retry', '--reason', 'late')).toBe(1);
    expect(await run('retry', '--item', key('b'))).toBe(1);
    await parked.close((await parked.headsOf([idOf('a')])).get(idOf('a'))!, (await parked.readRecords(idOf('a'), 9)).records);
    expect(await run('retry', '--item', key('a'))).toBe(1);
    expect(await due()).toEqual([]);
  });

  test('changes nothing of an item that was closed since it was read', async () => {
    await put('a', 'rejected');
    const head = (await parked.headsOf([idOf('a')])).get(idOf('a'))!;
    await parked.close(head, (await parked.readRecords(idOf('a'), 9)).records);
    expect(await parkedEventsOperator(local.documents, table, () => now).retry(head)).toBe(false);
    expect((await parked.headsOf([idOf('a')])).get(idOf('a'))).toMatchObject({ dueAt: undefined });
  });
});

describe('parked skip', () => {
  const skip = (id: string, ...args: string[]): Promise<number> => run('skip', '--item', key(id), '--because', 'no such order', '--by', 'anna', ...args);

  test('asks, and gives up the oldest record only', async () => {
    await park('a', 1);
    await park('a', 2, 'behind');
    terminal.answer = () => true;
    expect(await skip('a')).toBe(0);
    expect(terminal.questions).toEqual([`Never publish sequence ${sequenceNumber(1)} (INSERT, rejected) of {"id":"a"}?\nBy anna: no such order`]);
    expect(await waiting('a')).toEqual([2]);
  });

  test('changes nothing when the answer is no', async () => {
    await park('a', 1);
    terminal.answer = () => false;
    expect(await skip('a')).toBe(1);
    expect(await skip('a', '--all-records')).toBe(1);
    expect([await waiting('a'), terminal.notes]).toEqual([[1], ['nothing was skipped']]);
  });

  test('takes only the record that was named', async () => {
    await park('a', 1);
    await park('a', 2);
    expect(await skip('a', '--yes', '--sequence', sequenceNumber(2))).toBe(1);
    expect(terminal.notes).toEqual([`the oldest record has the sequence number ${sequenceNumber(1)}, not ${sequenceNumber(2)}: only the oldest one can be skipped`]);
    expect(await waiting('a')).toEqual([1, 2]);
    expect(await skip('a', '--yes', '--sequence', sequenceNumber(1))).toBe(0);
    expect(await waiting('a')).toEqual([2]);
  });

  test('changes nothing when the item moved on while the person thought', async () => {
    await park('a', 1);
    await park('a', 2);
    terminal.answer = async () => {
      const { records } = await parked.readRecords(idOf('a'), 1);
      await parked.advance(idOf('a'), records[0].sequence, records);
      return true;
    };
    expect(await skip('a')).toBe(1);
    expect(terminal.notes).toEqual([expect.stringMatching(/^nothing was skipped: the item moved on meanwhile/)]);
    expect(await waiting('a')).toEqual([2]);
  });

  test('gives up all records that the item had when the person was asked, and no newer one', async () => {
    for (const sequence of [2, 3, 4]) {
      await park('a', sequence);
    }
    await parkLate(streamRecord({ id: 'a', sequence: 1 }));
    terminal.answer = async () => {
      now += 1_000;
      await park('a', 5);
      return true;
    };
    expect(await skip('a', '--all-records')).toBe(0);
    expect(terminal.questions).toEqual([`Never publish 4 records of {"id":"a"}, up to sequence ${sequenceNumber(4)}?\nBy anna: no such order`]);
    expect(terminal.notes).toEqual(['skipped 4 of 4 records of {"id":"a"}: they are kept in the table']);
    expect(await waiting('a')).toEqual([5]);
  });

  test('of all records stops before one that came late meanwhile', async () => {
    await park('a', 1);
    await park('a', 3);
    terminal.answer = async () => {
      now += 1_000;
      await parkLate(streamRecord({ id: 'a', sequence: 2 }));
      return true;
    };
    expect(await skip('a', '--all-records')).toBe(0);
    expect(terminal.notes).toEqual([
      `sequence ${sequenceNumber(2)} came meanwhile: it is not skipped, nor what comes after it`,
      'skipped 1 of 2 records of {"id":"a"}: they are kept in the table',
    ]);
    expect(await waiting('a')).toEqual([2, 3]);
  });

  test('of all records goes on behind those that the requeue published meanwhile', async () => {
    for (const sequence of [1, 2, 3]) {
      await park('a', sequence);
    }
    terminal.answer = async () => {
      const { records } = await parked.readRecords(idOf('a'), 1);
      await parked.advance(idOf('a'), records[0].sequence, records);
      return true;
    };
    expect(await skip('a', '--all-records')).toBe(0);
    expect(terminal.notes).toEqual(['skipped 2 of 3 records of {"id":"a"}: they are kept in the table']);
    expect(await waiting('a')).toEqual([]);
  });

  test('exits with 1 when no record waits', async () => {
    expect(await skip('a')).toBe(1);
    await park('a', 1);
    expect(await skip('a', '--yes')).toBe(0);
    expect(await skip('a', '--yes')).toBe(1);
    expect(terminal.notes).toEqual(['no record of such an item waits']);
  });
});

describe('a command fails', () => {
  test.each([
    [['list', '--frob'], "Unknown option '--frob'; --help lists what can be given"],
    [['skip', '--item', key('a')], '--because is missing; --help lists what can be given'],
  ])('when it is called as %j', async (args, note) => {
    expect(await run(...args)).toBe(2);
    expect(terminal.notes).toEqual([note]);
  });

  test('when there is no such table', async () => {
    expect(await runCommand(['parked', 'list', '--table', 'none', '--region', 'eu-west-1'], connect, terminal)).toBe(2);
    expect(terminal.notes[0]).toMatch(/^there is no table "none" in region eu-west-1/);
  });

  test('when something is wrong that nobody foresaw, with its stack', async () => {
    const broken = (): never => {
      throw new TypeError('a bug');
    };
    expect(await runCommand(['parked', 'list', '--table', 'T'], broken, terminal)).toBe(2);
    expect(terminal.notes[0]).toMatch(/^TypeError: a bug\n\s+at /);
  });
});
