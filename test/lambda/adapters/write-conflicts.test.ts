import { untilProcessed } from '../../../lambda/adapters/write-conflicts.ts';

test('what is left unprocessed is sent again, until nothing is left', async () => {
  const sent: number[][] = [];
  await untilProcessed([1, 2, 3, 4], (rest) => {
    sent.push([...rest]);
    return Promise.resolve(rest.slice(1));
  });
  expect(sent).toEqual([[1, 2, 3, 4], [2, 3, 4], [3, 4], [4]]);
});

test('what gets through bit by bit is sent more often than what does not get through at all', async () => {
  const process = jest.fn((rest: readonly number[]) => Promise.resolve(rest.slice(1)));
  await untilProcessed(Array.from({ length: 12 }, (_, index) => index), process);
  expect(process).toHaveBeenCalledTimes(12);
});

test('nothing is sent where there is nothing', async () => {
  const process = jest.fn();
  await untilProcessed([], process);
  expect(process).not.toHaveBeenCalled();
});

test('fails when nothing gets through for several tries', async () => {
  const process = jest.fn((rest: readonly number[]) => Promise.resolve(rest));
  await expect(untilProcessed([1, 2], process)).rejects.toThrow('DynamoDB is busy: part of a request was not processed');
  expect(process.mock.calls.length).toBeLessThan(10);
});
