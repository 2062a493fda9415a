import { readFileSync } from 'node:fs';
import path from 'node:path';
import { costOfPipes, PRICES } from '../../bench/report/cost.ts';

const read = (file: string): string => readFileSync(path.join(__dirname, '..', '..', file), 'utf8');
const page = read('docs/cost.md');
const [, , table] = /^## The last table$([^]*?)^```\n([^]*?)^```$/m.exec(read('docs/performance.md')) as RegExpExecArray;

/** A number of the last table of docs/performance.md, by the title of its group and the beginning of its line. */
function measured(group: string, what: string): number {
  const lines = (table.split(/\n\n/).find((block) => block.startsWith(group)) ?? '').split('\n').slice(1);
  const found = lines.find((line) => line.startsWith(`  ${what}  `));
  if (found === undefined) {
    throw new Error(`docs/performance.md has no line ${JSON.stringify(what)} under ${JSON.stringify(group)}: correct this test where it has another name`);
  }
  return Number(/ {2,}([\d.,]+) /.exec(found.slice(what.length))?.[1].replaceAll(',', ''));
}

const micros = (batch: string): number => measured(`Processor time, 1 KB, batches of ${batch}\n`, 'ours');
const dollars = (what: string): number => measured('Dollars for a million events', what);
/** A number as docs/cost.md quotes it. */
const quoted = (value: number): string => String(Number(value.toPrecision(2)));

const BLOG_POST = 'a POST a record, one after the other, fetch';

test('docs/cost.md quotes the last table of docs/performance.md: what is missing here has to be written there', () => {
  const quotes = [
    `In batches of 1,000, with ${quoted(micros('1,000'))} µs an event, that is $${quoted(dollars('ours, batches of 1,000'))}.`,
    `In batches of 100, with ${quoted(micros('100'))} µs an event, which is what a quiet table gives, it is $${quoted(dollars('ours, batches of 100'))},`,
    `| this construct, batches of 1,000 | ${quoted(dollars('ours, batches of 1,000'))} |`,
    `| this construct, batches of 100 | ${quoted(dollars('ours, batches of 100'))} |`,
    `| a relay with a POST a record, one after the other | ${quoted(dollars(`${BLOG_POST}, batches of 1,000`))} | 20 ms of waiting for each event: ${quoted(measured('Events a second, 1 KB', BLOG_POST))} events a second and shard |`,
    `| EventBridge Pipes with an API destination | ${dollars('EventBridge Pipes with an API destination').toFixed(2)} |`,
  ];

  expect(quotes.filter((quote) => !page.includes(quote))).toEqual([]);
});

test("README's cent is what small batches cost in the last table, and its 60 cents what EventBridge Pipes asks", () => {
  expect(Math.round(100 * dollars('ours, batches of 100'))).toBe(1);
  expect(Math.round(100 * dollars('EventBridge Pipes with an API destination'))).toBe(60);
  expect(read('README.md')).toContain('About a cent for a million small changes in small batches, against 60 cents for EventBridge Pipes');
});

test.each([1_000, 100])('the dollars in the last table follow from its processor time by the formula of docs/cost.md, in batches of %i', (batch) => {
  expect(page).toContain('seconds an event = c / 1,000,000 / (m / 1,769)  +  0.025 / b');
  expect(page).toContain('dollars a million = 1,000,000 × seconds × m / 1,024 × 0.0000133334  +  (0.20 + 0.125 + 0.75) / b');
  const title = batch.toLocaleString('en-US');
  const seconds = micros(title) / 1_000_000 / (128 / 1_769) + 0.025 / batch;
  const computed = ((1_000_000 * seconds * 128) / 1_024) * 0.0000133334 + (0.2 + 0.125 + 0.75) / batch;

  // Both numbers of the table have three digits.
  expect(Math.abs(dollars(`ours, batches of ${title}`) / computed - 1)).toBeLessThan(0.01);
});

test('the prices on the page are those that the bench computes with', () => {
  const prices = [
    `| GB-second | $${PRICES.gibibyteSecond} (ARM) |`,
    `| invocations | million | $${(PRICES.invocation * 1e6).toFixed(2)} |`,
    `| invocation | $${(PRICES.readUnit * 1e6).toFixed(3)} a million |`,
    `| invocation | $${PRICES.logGigabyte.toFixed(2)} a GB |`,
    `| $${(PRICES.pipesRequest * 1e6).toFixed(2)} and $${(PRICES.apiDestinationRequest * 1e6).toFixed(2)} a million;`,
    `| ${costOfPipes().toFixed(2)} |`,
  ];

  expect(prices.filter((price) => !page.includes(price))).toEqual([]);
});
