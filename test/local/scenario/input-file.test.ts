import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { readInput, type InputLine } from '../../../local/scenario/input-file.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-input-'));
afterAll(() => { rmSync(folder, { recursive: true }); });

async function read(content: string | Buffer, keyFrom: Record<string, string> = {}, keyAttributes = ['id']): Promise<InputLine[]> {
  const file = path.join(folder, 'input');
  writeFileSync(file, content);
  return Array.fromAsync(readInput(file, { keyAttributes, keyFrom }));
}

test('a line of plain JSON is an item to put, with all digits of its numbers', async () => {
  expect(await read('{"id":"a","n":12345678901234567890.10,"list":[1e-7,"x",null,true],"map":{"":{}}}\n')).toEqual([
    {
      line: 1,
      change: {
        type: 'put',
        item: {
          id: { S: 'a' },
          n: { N: '12345678901234567890.10' },
          list: { L: [{ N: '1e-7' }, { S: 'x' }, { NULL: true }, { BOOL: true }] },
          map: { M: { '': { M: {} } } },
        },
      },
    },
  ]);
});

const ITEM = '{"id":{"S":"a"},"b":{"B":"AQI="},"bs":{"BS":["AQ=="]},"ns":{"NS":["1","2"]},"l":{"L":[{"N":"1"}]},"m":{"M":{"x":{"BOOL":false}}}}';
const PUT = {
  type: 'put',
  item: {
    id: { S: 'a' },
    b: { B: Buffer.from([1, 2]) },
    bs: { BS: [Buffer.from([1])] },
    ns: { NS: ['1', '2'] },
    l: { L: [{ N: '1' }] },
    m: { M: { x: { BOOL: false } } },
  },
};

test.each([
  ['a DynamoDB export', `{"Item":${ITEM}}`],
  ['a Put request of a transaction', `{"Put":{"Item":${ITEM}}}`],
  ['a PutRequest of a batch', `{"PutRequest":{"Item":${ITEM}}}`],
])('a line of %s is an item to put', async (_, line) => {
  expect(await read(line)).toEqual([{ line: 1, change: PUT }]);
});

test('a gzip file is read as what it holds', async () => {
  expect(await read(gzipSync(`{"Item":${ITEM}}\n`))).toEqual([{ line: 1, change: PUT }]);
});

test('requests to update and to delete are read', async () => {
  const lines = [
    '{"Update":{"Key":{"id":{"S":"a"}},"UpdateExpression":"SET #n = :n","ExpressionAttributeNames":{"#n":"n"},"ExpressionAttributeValues":{":n":{"N":"1"}}}}',
    '{"Delete":{"Key":{"id":{"S":"a"}}}}',
    '{"DeleteRequest":{"Key":{"id":{"S":"b"}}}}',
  ];

  expect((await read(lines.join('\n'))).map((line) => 'change' in line && line.change)).toEqual([
    { type: 'update', key: { id: { S: 'a' } }, expression: 'SET #n = :n', names: { '#n': 'n' }, values: { ':n': { N: '1' } } },
    { type: 'delete', key: { id: { S: 'a' } } },
    { type: 'delete', key: { id: { S: 'b' } } },
  ]);
});

test('key attributes are filled from other attributes, or from the number of the line', async () => {
  const lines = await read('\n{"city":"Berlin"}\n{"zip":10115}\n', { id: 'city', at: '#' }, ['id', 'at']);

  expect(lines[0]).toEqual({ line: 2, change: { type: 'put', item: { city: { S: 'Berlin' }, id: { S: 'Berlin' }, at: { S: '2' } } } });
  expect(lines[1]).toEqual({ line: 3, fault: expect.stringContaining('the key attribute id must be a text') as string });
});

test('requests name items by the attributes that fill the key', async () => {
  const [line] = await read('{"Delete":{"Key":{"city":{"S":"Berlin"}}}}', { id: 'city' });

  expect(line).toEqual({ line: 1, change: { type: 'delete', key: { id: { S: 'Berlin' } } } });
});

test('a request fails when its item is named by the number of a line', async () => {
  const [line] = await read('{"Delete":{"Key":{"id":{"S":"1"}}}}', { id: '#' });

  expect(line).toHaveProperty('fault', expect.stringContaining('a request cannot name an item whose id is the number of a line'));
});

test.each([
  ['{"S":5}', 'Item.x.S must be a text'],
  ['{"N":true}', 'Item.x.N must be a number, as a text'],
  ['{"B":"***"}', 'Item.x.B must be base64 text'],
  ['{"BOOL":"yes"}', 'Item.x.BOOL must be true or false'],
  ['{"NULL":false}', 'Item.x.NULL must be true'],
  ['{"L":5}', 'Item.x.L must be a list'],
  ['{"L":[{"S":1}]}', 'Item.x[0].S must be a text'],
  ['{"M":5}', 'Item.x.M must be an object in DynamoDB JSON'],
  ['{"SS":"abc"}', 'Item.x.SS must be a list of texts'],
  ['{"NS":[null]}', 'Item.x.NS must be a list of numbers, as texts'],
  ['{"BS":5}', 'Item.x.BS must be a list of base64 texts'],
  ['{"S":"a","N":"1"}', 'Item.x must be a value in DynamoDB JSON'],
])('a line fails when a value is %s', async (value, fault) => {
  expect(await read(`{"Item":{"id":{"S":"a"},"x":${value}}}`)).toEqual([{ line: 1, fault: expect.stringContaining(fault) as string }]);
});

test.each([
  ['it is not there', () => path.join(folder, 'none'), /none cannot be read: it is not there/],
  ['it is a folder', () => folder, /it is a folder; of a DynamoDB export, give a file of its data folder/],
  ['it is a broken gzip file', () => {
    const file = path.join(folder, 'broken.gz');
    writeFileSync(file, gzipSync('{"id":"a"}\n'.repeat(1000)).subarray(0, 40));
    return file;
  }, /broken\.gz cannot be read: /],
])('a file fails when %s', async (_, file, message) => {
  await expect(Array.fromAsync(readInput(file(), { keyAttributes: ['id'], keyFrom: {} }))).rejects.toThrow(message);
});

test.each([
  ['it is no JSON', '{"id":', /^no JSON: /],
  ['it is no object', '[1]', /a line must be an object/],
  ['it has no key', '{"name":"x"}', /the key attribute id must be a text that is not empty: id is none; --key id=ATTRIBUTE fills it/],
  ['its key is a number', '{"id":7}', /the key attribute id/],
  ['its item is not in DynamoDB JSON', '{"Item":{"id":"a"}}', /Item\.id must be a value in DynamoDB JSON/],
  ['its item has an unknown type', '{"Item":{"id":{"S":"a"},"x":{"Q":1}}}', /Item\.x must be a value in DynamoDB JSON/],
  ['its update has no expression', '{"Update":{"Key":{"id":{"S":"a"}}}}', /needs an UpdateExpression/],
])('a line fails when %s, and the rest goes on', async (_, bad, fault) => {
  const [first, second] = await read(`${bad}\n{"id":"a"}\n`);

  expect(first).toEqual({ line: 1, fault: expect.stringMatching(fault) as string });
  expect(second).toHaveProperty('change');
});
