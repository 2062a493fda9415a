import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Change, Item } from './change.ts';
import { seededRandom } from '../random.ts';

const ARTICLES = ['kettle', 'lamp', 'chair', 'mug', 'blanket', 'wall clock', 'Schlüsselbrett', 'bougie parfumée', '茶碗', 'plant 🪴'];
const CITIES = ['Berlin', 'Łódź', 'Zürich', 'Besançon', 'Malmö'];
const LABELS = ['gift', 'express', 'fragile', 'insured', 'first order', 'B2B'];

/** What may follow a state of an order, each as often as it stands here. */
const NEXT: Readonly<Record<string, readonly ('pay' | 'ship' | 'deliver' | 'return' | 'amend' | 'delete')[]>> = {
  PLACED: ['pay', 'pay', 'pay', 'amend', 'delete'],
  PAID: ['ship', 'ship', 'ship', 'amend'],
  SHIPPED: ['deliver', 'deliver', 'return'],
  DELIVERED: ['return', 'delete', 'delete'],
  RETURNED: ['delete'],
};

interface Order {
  readonly key: Item;
  state: keyof typeof NEXT;
  version: number;
  lines: number;
}

/**
 * The life of many orders: each is placed, paid, shipped, delivered or returned, amended in between, and deleted in the end. The same seed
 * makes the same changes. Orders of one generator are its own, so that several writers never meet at one item.
 */
export class Orders {
  readonly #random: () => number;
  readonly #name: string;
  readonly #open: Order[] = [];
  #placed = 0;

  /**
   * @param name prefix of the order numbers
   */
  constructor(name: string, seed: number) {
    this.#name = name;
    this.#random = seededRandom(seed);
  }

  next(): Change {
    if (this.#open.length < 5 || (this.#open.length < 200 && this.#random() < 0.25)) {
      return this.#place();
    }
    const index = this.#below(this.#open.length);
    const order = this.#open[index];
    const step = this.#one(NEXT[order.state]);
    order.version++;
    switch (step) {
      case 'pay':
        order.state = 'PAID';
        return this.#update(order, 'SET #state = :state, version = :version, payment = :payment', {
          ':payment': { M: { method: { S: this.#one(['card', 'invoice', 'wallet']) }, amount: this.#amount(), fees: { N: '0.0725000' }, reference: { B: this.#bytes(12) } } },
        });
      case 'ship':
        order.state = 'SHIPPED';
        return this.#update(order, 'SET #state = :state, version = :version, shipment = :shipment ADD labels :labels', {
          ':shipment': { M: { carrier: { S: 'parcel post' }, weight: { N: `${String(this.#below(9000) + 100)}e-3` }, parcels: { NS: ['3', '1', '20'] } } },
          ':labels': { SS: [this.#one(LABELS)] },
        });
      case 'deliver':
        order.state = 'DELIVERED';
        return this.#update(order, 'SET #state = :state, version = :version, deliveredTo = :to REMOVE shipment.parcels', {
          ':to': { S: this.#one(CITIES) },
        });
      case 'return':
        order.state = 'RETURNED';
        return this.#update(order, 'SET #state = :state, version = :version, returnReason = :reason', {
          ':reason': { NULL: true },
        });
      case 'amend':
        order.lines++;
        return this.#update(order, 'SET #state = :state, version = :version, orderLines = list_append(:lines, orderLines)', {
          ':lines': { L: [this.#line()] },
        });
      case 'delete':
        this.#open.splice(index, 1);
        return { type: 'delete', key: order.key };
    }
  }

  #place(): Change {
    const key = {
      customerId: { S: `customer-${String(this.#below(50))}` },
      orderId: { S: `${this.#name}-${String(++this.#placed).padStart(6, '0')}` },
    };
    const lines = this.#below(6) + 1;
    this.#open.push({ key, state: 'PLACED', version: 1, lines });
    return {
      type: 'put',
      item: {
        ...key,
        state: { S: 'PLACED' },
        version: { N: '1' },
        total: this.#amount(),
        ledgerEntry: { N: `${String(this.#below(9) + 1)}${'0123456789'.repeat(3)}.5000001` },
        labels: { SS: [LABELS[0], this.#one(LABELS.slice(1))] },
        address: { M: { city: { S: this.#one(CITIES) }, 'street/no': { S: `Allee ~ ${String(this.#below(99))}` }, floor: { NULL: true } } },
        orderLines: { L: Array.from({ length: lines }, () => this.#line()) },
        newsletter: { BOOL: this.#random() < 0.5 },
        signature: { B: this.#bytes(24) },
      },
    };
  }

  #line(): AttributeValue {
    const quantity = { N: String(this.#below(4) + 1) };
    return { M: { article: { S: this.#one(ARTICLES) }, quantity, price: this.#amount(), taxes: { L: [{ N: '0.19' }, { N: '7e-2' }] } } };
  }

  #update(order: Order, expression: string, values: Item): Change {
    return {
      type: 'update',
      key: order.key,
      expression,
      names: { '#state': 'state' },
      values: { ':state': { S: order.state }, ':version': { N: String(order.version) }, ...values },
    };
  }

  #amount(): AttributeValue {
    return { N: `${String(this.#below(100_000))}.${String(this.#below(100)).padStart(2, '0')}` };
  }

  #bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#below(256));
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #one<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)];
  }
}
