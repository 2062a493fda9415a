import { costOfMillion, costOfPipes } from '../../bench/report/cost.ts';
import { eitherSide, isReached, type Finding } from '../../bench/report/finding.ts';
import { table } from '../../bench/report/table.ts';
import { median, medianRatio } from '../../bench/measure/median.ts';

const MACHINE = { processor: 'some processor', processors: 2, memoryGiB: 4, system: 'linux x64', load: 0.5, versions: { node: '24.0.0' } };

/** A finding of 3 µs, twice the floor. */
function finding(more: Partial<Finding> = {}): Finding {
  return { group: 'Group', what: 'ours', value: 3, unit: 'µs', floor: 2, ...more };
}

test.each([
  ['a value at its limit', finding({ goal: { of: 'value', atMost: 3 } }), true],
  ['a value beyond its limit', finding({ goal: { of: 'value', atMost: 2.9 } }), false],
  ['a value that is too small', finding({ goal: { of: 'value', atLeast: 4 } }), false],
  ['a ratio', finding({ goal: { of: 'floor', atMost: 2.5 } }), true],
  ['a ratio that was not measured', finding({ goal: { of: 'ours', atLeast: 1 } }), undefined],
  ['no goal', finding(), undefined],
])('a goal is reached or missed: %s', (_, given, reached) => {
  expect(isReached(given)).toBe(reached);
});

test('where one side of goals will do, what the other one misses is excused once all of that side are reached', () => {
  const reached = finding({ goal: { of: 'value', atMost: 3 } });
  const missed = finding({ goal: { of: 'floor', atMost: 1 } });
  const excused = { ...missed, isExcused: true };
  expect(eitherSide([missed], [reached, reached])).toEqual([excused, reached, reached]);
  expect(eitherSide([reached], [missed, reached])).toEqual([reached, excused, reached]);
  expect(eitherSide([missed], [missed, reached])).toEqual([missed, missed, reached]);
  expect(eitherSide([missed], [])).toEqual([missed]);
  expect(table(MACHINE, [excused, reached]).split('\n')).toEqual(
    expect.arrayContaining([expect.stringMatching(/at most 1 × floor +missed, the other goal will do$/), '1 of 1 goals reached']),
  );
});

test('the table says what was measured, against what, and what was to be reached', () => {
  const lines = table(MACHINE, [finding({ goal: { of: 'floor', atMost: 1.5 } }), finding({ what: 'theirs', value: 1234.5, goal: { of: 'value', atLeast: 1000 } })]).split('\n');

  expect(lines[0]).toBe('2 × some processor, 4 GiB, linux x64, load 0.5');
  expect(lines.map((line) => line.trim().split(/ {2,}/))).toEqual(
    expect.arrayContaining([['ours', '3 µs', '2.00', 'at most 1.5 × floor', 'MISSED'], ['theirs', '1,235 µs', '2.00', 'at least 1,000 µs', 'reached']]),
  );
  expect(lines.at(-1)).toBe('1 of 2 goals reached');
});

test('the middle of ratios is that of what was measured side by side', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 9, 2])).toBe(3);
  // The second round met a busy machine: both took ten times as long.
  expect(medianRatio([2, 20, 2], [1, 10, 1])).toBe(2);
});

test('the cost of a million events is that of processor, waiting, invocations, reads and logs', () => {
  const work = { cpuMicros: 100, waitMs: 0.25, eventsPerInvocation: 100, memoryMiB: 1_769, readUnitsPerInvocation: 1, logBytesPerInvocation: 1_500 };
  const gibibyteSeconds = (100 + 250) * (1_769 / 1_024);

  expect(costOfMillion(work)).toBeCloseTo(gibibyteSeconds * 0.0000133334 + 0.2 / 100 + 0.125 / 100 + (1.5 / 100) * 0.5, 9);
  // Half of the memory is half of the processor: that takes twice as long for the same price. Waiting costs half.
  expect(costOfMillion(work) - costOfMillion({ ...work, memoryMiB: 1_769 / 2 })).toBeCloseTo(250 * (1_769 / 2_048) * 0.0000133334, 9);
  expect(costOfPipes()).toBeCloseTo(0.6, 9);
});
