import { seededRandom, type Random } from '../../local/random.ts';
import type { AttributeMap, AttributeValue, RawStreamRecord } from '../../lambda/core/stream-record.ts';
import type { OrderSize } from './order-size.ts';

const STREAM = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders/stream/2026-01-01T00:00:00.000';

/** The time of the first change, in epoch seconds. */
const FIRST_CHANGE = 1_767_225_600;

const WORDS = ['cotton', 'linen', 'summer', 'classic', 'slim', 'wide', 'navy', 'olive', 'white', 'shirt', 'trousers', 'jacket', 'dress', 'sneaker', 'boots', 'scarf'];
const STREETS = ['Lindenstraße', 'Hauptstraße', 'Gartenweg', 'Am Markt', 'Schillerplatz', 'Bahnhofstraße', 'Rosenallee', 'Uferweg'];
const CITIES = ['Berlin', 'Hamburg', 'München', 'Köln', 'Leipzig', 'Dortmund', 'Wien', 'Zürich'];
const STATES = ['CREATED', 'PAID', 'PICKED', 'PACKED', 'SHIPPED', 'DELIVERED', 'RETURNED'];

/**
 * Changes of orders as a stream delivers them, the same for the same seed. One in four changes an order that the same batch has changed before;
 * `version` rises with every change.
 *
 * @param first how many changes came before
 */
export function orderRecords(size: OrderSize, count: number, first = 0, seed = 1): RawStreamRecord[] {
  const orders = Math.max(1, Math.ceil(count * 0.75));
  return Array.from({ length: count }, (_, index) => {
    const change = first + index;
    const random = seededRandom(seed * 1_000_003 + (index % orders));
    return record(order(random, size.lines), change, size, seededRandom(seed * 7_919 + change));
  });
}

function record(before: AttributeMap, change: number, size: OrderSize, random: Random): RawStreamRecord {
  const old: AttributeMap = { ...before, version: { N: String(change) }, state: { S: pick(STATES, random) } };
  return {
    eventID: digits(random, 32, 16),
    eventName: 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: FIRST_CHANGE + Math.floor(change / 1_000),
      Keys: { orderId: before.orderId },
      NewImage: changed(old, change, size, random),
      OldImage: old,
      SequenceNumber: `2900002759${String(change + 1).padStart(15, '0')}`,
      SizeBytes: 0,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: STREAM,
  } as RawStreamRecord;
}

function changed(old: AttributeMap, change: number, { change: kind }: OrderSize, random: Random): AttributeMap {
  const lines = [...(old.lines.L as AttributeValue[])];
  if (kind === 'insert') {
    lines.splice(lines.length >> 1, 0, line(random, lines.length));
  } else {
    const place = Math.floor(random() * lines.length);
    lines[place] = { M: { ...lines[place].M, quantity: { N: String(10 + Math.floor(random() * 90)) } } };
  }
  return {
    ...old,
    version: { N: String(change + 1) },
    state: { S: STATES[(STATES.indexOf(old.state.S as string) + 1) % STATES.length] },
    updatedAt: { S: new Date((FIRST_CHANGE + change) * 1000).toISOString() },
    total: { N: amount(random, 1000) },
    lines: { L: lines },
  };
}

function order(random: Random, lines: number): AttributeMap {
  const customer = digits(random, 8, 10);
  return {
    orderId: { S: `${digits(random, 8, 16)}-${digits(random, 4, 16)}-4${digits(random, 3, 16)}-a${digits(random, 3, 16)}-${digits(random, 12, 16)}` },
    customerId: { S: `customer-${customer}` },
    state: { S: STATES[0] },
    version: { N: '0' },
    createdAt: { S: '2026-01-01T00:00:00.000Z' },
    updatedAt: { S: '2026-01-01T00:00:00.000Z' },
    currency: { S: 'EUR' },
    total: { N: amount(random, 1000) },
    shipping: { N: '4.95' },
    gift: { BOOL: random() < 0.1 },
    voucher: { NULL: true },
    channel: { S: random() < 0.5 ? 'app' : 'web' },
    tags: { SS: ['returning', 'express', pick(WORDS, random)] },
    address: {
      M: {
        street: { S: `${pick(STREETS, random)} ${String(1 + Math.floor(random() * 120))}` },
        zip: { S: digits(random, 5, 10) },
        city: { S: pick(CITIES, random) },
        country: { S: 'DE' },
      },
    },
    lines: { L: Array.from({ length: lines }, (_, index) => line(random, index)) },
  };
}

/** The number of a line tells it from all others of the order. */
function line(random: Random, number: number): AttributeValue {
  return {
    M: {
      line: { N: String(100_000 + number) },
      ean: { S: digits(random, 13, 10) },
      sku: { S: `${digits(random, 6, 10)}-${pick(['S', 'M', 'L'], random)}` },
      name: { S: [pick(WORDS, random), pick(WORDS, random), pick(WORDS, random)].join(' ').padEnd(22, '.').slice(0, 22) },
      quantity: { N: String(1 + Math.floor(random() * 9)) },
      price: { N: amount(random, 200) },
    },
  };
}

function amount(random: Random, most: number): string {
  return (1 + Math.floor(random() * most) + 0.49).toFixed(2);
}

function pick(texts: readonly string[], random: Random): string {
  return texts[Math.floor(random() * texts.length)];
}

function digits(random: Random, count: number, base: number): string {
  let text = '';
  while (text.length < count) {
    text += Math.floor(random() * base).toString(base);
  }
  return text;
}
