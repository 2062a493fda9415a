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

test.each([
  ['it is no JSON', '{"id":', /^no JSON: /],
  ['it is no object', '[1]', /a line must be an object/],
  ['it has no key', '{"name":"x"}', /the key attribute id must be a text that is not empty; --key id=ATTRIBUTE fills it/],
  ['its key is a number', '{"id":7}', /the key attribute id/],
  ['its item is not in DynamoDB JSON', '{"Item":{"id":"a"}}', /Item\.id must be a value in DynamoDB JSON/],
  ['its item has an unknown type', '{"Item":{"id":{"S":"a"},"x":{"Q":1}}}', /Item\.x must be a value in DynamoDB JSON/],
  ['its update has no expression', '{"Update":{"Key":{"id":{"S":"a"}}}}', /needs an UpdateExpression/],
])('a line fails when %s, and the rest goes on', async (_, bad, fault) => {
  const [first, second] = await read(`${bad}\n{"id":"a"}\n`);

  expect(first).toEqual({ line: 1, fault: expect.stringMatching(fault) as string });
  expect(second).toHaveProperty('change');
});

test('fails when there is no such file', async () => {
  await expect(Array.fromAsync(readInput(path.join(folder, 'none'), { keyAttributes: ['id'], keyFrom: {} }))).rejects.toThrow('ENOENT');
});
