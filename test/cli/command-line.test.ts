import { userInfo } from 'node:os';
import { readCommandLine } from '../../cli/command-line.ts';
import { padSequence } from '../../lambda/core/occurrence.ts';

const KEY = '{"id":"a"}';
const item = { type: 'key', keys: { id: { S: 'a' } } };
const access = { table: 'T', region: undefined, endpoint: undefined };
const words = (text: string): string[] => text.split(' ');

test.each<[string, object]>([
  ['parked list --table T', { type: 'list', ...access, limit: Infinity, json: false }],
  [`parked list --table T --reason late --limit 5 --json --item ${KEY}`, { type: 'list', ...access, item, reason: 'late', limit: 5, json: true }],
  [
    `parked show --table T --item ${KEY} --region eu-west-1 --endpoint http://127.0.0.1:8000`,
    { type: 'show', table: 'T', region: 'eu-west-1', endpoint: 'http://127.0.0.1:8000', item, records: false },
  ],
  ['parked retry --table T --all', { type: 'retry', ...access }],
  ['parked retry --table T --reason away', { type: 'retry', ...access, reason: 'away' }],
  [`parked retry --table T --item ${KEY}`, { type: 'retry', ...access, item }],
  [
    `parked skip --table T --item ${KEY} --because x --sequence 17`,
    { type: 'skip', ...access, item, because: 'x', by: userInfo().username, sequence: padSequence('17'), allRecords: false, yes: false },
  ],
  [
    `parked skip --table T --item ${KEY} --because x --by anna --all-records --yes`,
    { type: 'skip', ...access, item, because: 'x', by: 'anna', sequence: undefined, allRecords: true, yes: true },
  ],
  ['event records.json', { type: 'event', file: 'records.json', schema: false }],
  ['event --schema records.json --template t.json --outbox Orders', { type: 'event', file: 'records.json', template: 't.json', outbox: 'Orders', schema: true }],
])('%s', (text, command) => {
  expect(readCommandLine(words(text))).toEqual(command);
});

test.each(['--help', 'parked --help', 'event --help', 'event records.json --help', 'parked list --help', 'parked show --help --table T', 'parked retry --help', 'parked skip --item --help'])('%s prints help', (text) => {
  expect(readCommandLine(words(text))).toEqual({ type: 'help', text: expect.stringMatching(/^cdk-outbox-table (COMMAND|event|parked)/) as string });
});

test.each([
  ['', 'the command must be parked list, parked show, parked retry, parked skip or event'],
  ['parked', 'got "parked"'],
  ['parked drop', 'got "parked drop"'],
  ['list --table T', 'got "list --table"'],
  ['parked toString --table T', 'got "parked toString"'],
  ['parked list', '--table is missing'],
  ['parked list --table', "Option '--table <value>' argument missing"],
  ['parked list --table T --all', "Unknown option '--all'"],
  ['parked list --table T more', "Unexpected argument 'more'"],
  ['parked list --table T --limit 0', '--limit must be a whole number from 1 on, got "0"'],
  ['parked list --table T --limit many', '--limit must be a whole number from 1 on, got "many"'],
  ['parked list --table T --reason bad', '--reason must be one of rejected, invalid, away, behind, late, got "bad"'],
  ['parked list --table T --endpoint localhost:8000', '--endpoint must be a URL, for instance http://127.0.0.1:8000, got "localhost:8000"'],
  ['parked show --table T', '--item is missing'],
  ['parked show --table T --item -x', "use '--item=-XYZ'"],
  ['parked retry --table T', 'exactly one of --item KEY, --reason REASON and --all'],
  ['parked retry --table T --all --reason away', 'exactly one of --item KEY, --reason REASON and --all'],
  [`parked skip --table T --item ${KEY}`, '--because is missing'],
  [`parked skip --table T --item ${KEY} --because=`, '--because is missing'],
  [`parked skip --table T --item ${KEY} --because ${'x'.repeat(1001)}`, '--because must have up to 1000 characters, got 1001'],
  [`parked skip --table T --item ${KEY} --because x --by=`, '--by is missing'],
  ['parked skip --table T --because x', '--item is missing'],
  [`parked skip --table T --item ${KEY} --because x --sequence 1a`, '--sequence must be a sequence number of up to 40 digits, got "1a"'],
  [`parked skip --table T --item ${KEY} --because x --sequence 1 --all-records`, '--sequence names one record, --all-records means all'],
  ['event', 'one FILE with stream records must be named, got 0'],
  ['event a.json b.json', 'one FILE with stream records must be named, got 2'],
  ['event a.json --tempalte x', "Unknown option '--tempalte'"],
  ['event a.json --template', "Option '--template <value>' argument missing"],
  ['event a.json --outbox Orders', 'name the template with --template'],
])('fails when the command line is %j', (text, message) => {
  expect(() => readCommandLine(words(text).filter((word) => word !== ''))).toThrow(message);
});
