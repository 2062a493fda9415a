import { forEachOf } from '../../../lambda/core/for-each-of.ts';

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));

test('every element is worked on, and never more at a time than allowed', async () => {
  const done: number[] = [];
  let atOnce = 0;
  let most = 0;
  await forEachOf([1, 2, 3, 4, 5, 6, 7], 3, async (element) => {
    most = Math.max(most, ++atOnce);
    await pause();
    atOnce--;
    done.push(element);
  });

  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(3);
});

test('fails when work fails, after all that was begun has ended, and begins no more', async () => {
  const begun: number[] = [];
  const ended: number[] = [];
  const work = forEachOf([1, 2, 3, 4], 2, async (element) => {
    begun.push(element);
    if (element === 1) {
      throw new Error('no luck');
    }
    await pause();
    ended.push(element);
  });

  await expect(work).rejects.toThrow('no luck');
  expect([begun, ended]).toEqual([[1, 2], [2]]);
});

test('nothing is done with nothing', async () => {
  await forEachOf([], 2, () => Promise.reject(new Error('never')));
});
