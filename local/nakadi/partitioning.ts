import { textAt, valueAt, type BatchItem } from './batch-item.ts';
import { isCompacted, type CompleteEventType } from './event-type.ts';
import { javaNumberText } from './java-number-text.ts';
import { Problem } from './problem.ts';
import { parseStrictJson } from './strict-json.ts';

/** An event has no partition; its message becomes the detail of the failed item. */
export class PartitioningError extends Error {
  override readonly name = 'PartitioningError';
}

/**
 * The partition of an event, one of `partitions`. Throws a `PartitioningError` where it has none.
 *
 * @param random - a number from 0 to 1, for the strategy that needs no key
 */
export function partitionOf(item: BatchItem, eventType: CompleteEventType, partitions: readonly string[], random: () => number): string {
  switch (eventType.partition_strategy) {
    case 'random':
      return partitions[Math.floor(random() * partitions.length)];
    case 'hash': {
      const sum = partitionKeys(item, eventType).reduce((total, key) => total + hashOf(key), 0);
      return partitions[Math.abs(sum) % partitions.length];
    }
    case 'user_defined': {
      const wanted = textAt(item.event, 'partition');
      if (wanted === undefined) throw new PartitioningError('metadata.partition is missing');
      if (!partitions.includes(wanted)) throw new PartitioningError(`there is no partition ${wanted}`);
      return wanted;
    }
  }
}

/**
 * The key that the event is stored under: its compaction key where events are compacted, else its partition keys.
 *
 * Throws a 400 problem where the compaction key is missing; only tombstones get here without one, for they meet no schema.
 */
export function eventKeyOf(item: BatchItem, eventType: CompleteEventType): string | undefined {
  if (isCompacted(eventType)) {
    const key = textAt(item.event, 'partition_compaction_key');
    if (key === undefined) throw new Problem(400, 'metadata.partition_compaction_key is missing or not a string');
    return key;
  }
  return eventType.partition_strategy === 'hash' ? partitionKeys(item, eventType).join(',') : undefined;
}

function partitionKeys(item: BatchItem, eventType: CompleteEventType): string[] {
  const prefix = eventType.category === 'data' ? 'data.' : '';
  return eventType.partition_key_fields.map((field) => keyText(item, prefix + field));
}

/** The text of a key's value. For a number that depends on its form: 1 and "1" are one key, 1.0 is another. */
function keyText(item: BatchItem, path: string): string {
  const value = valueAt(item.event, path);
  if (value === undefined) throw new PartitioningError(`partition key field ${path} is missing`);
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return valueAt(parseStrictJson(item.raw, javaNumberText), path) as string;
  return JSON.stringify(value);
}

/** A 32-bit hash of a text, the same on every machine (that of Java's strings). */
function hashOf(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index++) hash = (Math.imul(hash, 31) + text.charCodeAt(index)) | 0;
  return hash;
}
