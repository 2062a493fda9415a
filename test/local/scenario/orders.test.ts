import { Orders } from '../../../local/scenario/orders.ts';

const take = (orders: Orders, count: number): unknown[] => Array.from({ length: count }, () => orders.next());

test('the same seed makes the same changes, another seed others', () => {
  expect(take(new Orders('A', 1), 500)).toEqual(take(new Orders('A', 1), 500));
  expect(take(new Orders('A', 1), 500)).not.toEqual(take(new Orders('A', 2), 500));
});

test('orders are placed, changed and deleted, and an order that is deleted is gone', () => {
  const changes = new Orders('A', 3);
  const alive = new Set<string>();
  const seen = { put: 0, update: 0, delete: 0 };
  for (let count = 0; count < 3000; count++) {
    const change = changes.next();
    const key = JSON.stringify((change.type === 'put' ? change.item : change.key).orderId);
    expect(alive.has(key)).toBe(change.type !== 'put');
    if (change.type === 'delete') {
      alive.delete(key);
    } else {
      alive.add(key);
    }
    seen[change.type]++;
  }

  expect(Math.min(seen.put, seen.update, seen.delete)).toBeGreaterThan(300);
});
