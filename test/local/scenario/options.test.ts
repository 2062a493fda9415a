import { HELP, readOptions } from '../../../local/scenario/options.ts';

test('nothing given, a run has its defaults', () => {
  expect(readOptions([])).toEqual({
    changes: 6000,
    writers: 8,
    seconds: 25,
    outage: 10,
    rejections: true,
    seed: 1,
    input: undefined,
    keyFrom: {},
    ports: { dynamodb: undefined, sqs: undefined, nakadi: undefined },
    json: false,
  });
});

test('every option is read', () => {
  const argv = '--changes 10 --writers 2 --seconds 0 --outage 0 --no-rejections --seed 9 --input f.jsonl --key customerId=b --key orderId=# --dynamodb-port 8000 --sqs-port 8001 --nakadi-port 8002 --json';

  expect(readOptions(argv.split(' '))).toEqual({
    changes: 10,
    writers: 2,
    seconds: 0,
    outage: 0,
    rejections: false,
    seed: 9,
    input: 'f.jsonl',
    keyFrom: { customerId: 'b', orderId: '#' },
    ports: { dynamodb: 8000, sqs: 8001, nakadi: 8002 },
    json: true,
  });
});

test('an input file is replayed whole, unless told otherwise', () => {
  expect(readOptions(['--input', 'f.jsonl'])?.changes).toBe(Infinity);
});

test('help is asked for with --help, and names every option', () => {
  expect(readOptions(['--help'])).toBeUndefined();
  for (const name of ['changes', 'writers', 'seconds', 'outage', 'no-rejections', 'seed', 'input', 'key', 'dynamodb-port', 'sqs-port', 'nakadi-port', 'json', 'help']) {
    expect(HELP).toContain(`--${name}`);
  }
});

test.each([
  [['--changes', '0'], '--changes must be a whole number from 1 to 10000000, got "0"'],
  [['--changes', 'many'], '--changes must be a whole number from 1 to 10000000, got "many"'],
  [['--writers', '1.5'], '--writers must be a whole number from 1 to 64, got "1.5"'],
  [['--outage=-1'], '--outage must be a whole number from 0 to 600, got "-1"'],
  [['--seed', ' '], '--seed must be a whole number'],
  [['--nakadi-port', '70000'], '--nakadi-port must be a whole number from 1 to 65535, got "70000"'],
  [['--input', 'f', '--key', 'orderId'], '--key must be NAME=FROM'],
  [['--input', 'f', '--key', 'id=x'], '--key can fill customerId and orderId, got "id"'],
  [['--key', 'orderId=x'], '--key fills the key attributes of an input file: give one with --input FILE'],
  [['--speed', '3'], "Unknown option '--speed'"],
  [['orders'], "Unexpected argument 'orders'"],
])('fails when %j is given', (argv, message) => {
  expect(() => readOptions(argv)).toThrow(message);
});
