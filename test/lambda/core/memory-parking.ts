import { BEFORE_ALL, type Head, type ParkedRecord } from '../../../lambda/core/parked-event.ts';
import type { Backlog, Closing, Failure, ParkedEvents, Parking, ParkingLot, PublishedRecord } from '../../../lambda/core/ports.ts';
import { readStreamRecord, type StreamRecord } from '../../../lambda/core/stream-record.ts';

interface StoredHead extends Head {
  readonly open: boolean;
  readonly detail?: string;
}

interface StoredRecord extends ParkedRecord {
  readonly detail: string;
}

/** Records of an item that are read together with others, at most. */
const FEW_RECORDS = 5;

/** The parked-events table in memory, as relay and requeue use it: the same conditions, no clock of its own. */
export class MemoryParking implements ParkingLot, ParkedEvents {
  readonly heads = new Map<string, StoredHead>();
  readonly rows = new Map<string, Map<string, StoredRecord>>();
  readonly announced = new Map<string, number>();
  /** Called before and after each write; what it throws, the caller gets. */
  onWrite: (write: 'announce' | 'park' | 'parkLate' | 'advance' | 'close' | 'closeTogether' | 'postpone', moment: 'before' | 'after', item: string) => void = () => undefined;
  private readonly now: () => number;

  constructor(now: () => number) {
    this.now = now;
  }

  /** Sequence numbers of what waits of an item, in order. */
  waiting(item: string): string[] {
    return [...(this.rows.get(item)?.keys() ?? [])].sort();
  }

  detail(record: StreamRecord): string | undefined {
    return this.rows.get(record.item)?.get(record.sequence)?.detail;
  }

  readHeads(streamArn: string, items: Iterable<string>): Promise<ReadonlyMap<string, Head>> {
    const heads = [...items].map((item) => this.heads.get(item)).filter((head) => head !== undefined);
    return Promise.resolve(new Map(this.announced.has(streamArn) ? heads.map((head) => [head.item, head]) : []));
  }

  announce(streamArn: string): Promise<void> {
    return this.write('announce', streamArn, () => {
      this.announced.set(streamArn, this.now());
    });
  }

  park({ record, reason, detail }: Parking): Promise<void> {
    return this.write('park', record.item, () => {
      if (!this.announced.has(record.streamArn)) {
        throw new Error('parked without an announcement');
      }
      const head = this.headOf(record);
      if (head.upTo < record.sequence) {
        this.heads.set(record.item, { ...head, upTo: record.sequence, open: true, dueAt: head.dueAt ?? this.time() });
        this.put(record, { reason, late: false, detail });
      }
    });
  }

  async parkLate(...records: readonly StreamRecord[]): Promise<void> {
    for (const record of records) {
      await this.write('parkLate', record.item, () => {
        const head = this.headOf(record);
        this.heads.set(record.item, { ...head, lateMarks: head.lateMarks + 1, open: true, dueAt: head.dueAt ?? this.time() });
        this.put(record, { reason: 'late', late: true, detail: 'late' });
      });
    }
  }

  async *duePages(before: string): AsyncGenerator<readonly string[]> {
    await Promise.resolve();
    const due = this.dueItems(before);
    for (let start = 0; start < due.length; start += 3) {
      yield due.slice(start, start + 3);
    }
  }

  /** Items that are due, longest due first. */
  dueItems(before: string): readonly string[] {
    const due = [...this.heads.values()].filter((head) => head.open && (head.dueAt ?? '') <= before);
    return due.sort((a, b) => ((a.dueAt ?? '') < (b.dueAt ?? '') ? -1 : 1)).map(({ item }) => item);
  }

  headsOf(items: readonly string[]): Promise<ReadonlyMap<string, Head>> {
    const heads = items.map((item) => this.heads.get(item)).filter((head) => head !== undefined);
    return Promise.resolve(new Map(heads.map((head) => [head.item, head])));
  }

  async readFewRecords(items: readonly string[]): Promise<ReadonlyMap<string, readonly ParkedRecord[]>> {
    const read = await Promise.allSettled(items.map((item) => this.readRecords(item, FEW_RECORDS)));
    return new Map(items.flatMap((item, index) => {
      const answer = read[index];
      return answer.status === 'fulfilled' && !answer.value.more ? [[item, answer.value.records]] : [];
    }));
  }

  readRecords(item: string, limit: number): Promise<{ records: ParkedRecord[]; more: boolean }> {
    const sequences = this.waiting(item);
    const records = sequences.slice(0, limit).map((sequence) => this.rows.get(item)!.get(sequence)!);
    return Promise.resolve({ records, more: sequences.length > limit });
  }

  advance(item: string, through: string, published: readonly PublishedRecord[]): Promise<void> {
    return this.write('advance', item, () => {
      const head = this.heads.get(item)!;
      this.heads.set(item, { ...head, through: head.through > through ? head.through : through });
      this.remove(item, published);
    });
  }

  /** In one transaction, which takes 100 operations: one for the head, and one for each row. */
  close(head: Head, published: readonly PublishedRecord[]): Promise<boolean> {
    const rows = published.reduce((sum, { parts }) => sum + parts, 0);
    if (rows >= 100) {
      return Promise.reject(new Error(`a transaction takes 100 operations, got ${rows + 1}`));
    }
    return this.closeOne(head, published);
  }

  private closeOne(head: Head, published: readonly PublishedRecord[]): Promise<boolean> {
    return this.write('close', head.item, () => {
      const stored = this.heads.get(head.item)!;
      if (stored.upTo !== head.upTo || stored.lateMarks !== head.lateMarks) {
        return false;
      }
      this.heads.set(head.item, { ...stored, through: head.upTo, lateSettled: head.lateMarks, open: false, dueAt: undefined, attempts: 0 });
      this.remove(head.item, published);
      return true;
    });
  }

  closeTogether(closings: readonly Closing[]): Promise<boolean> {
    return this.write('closeTogether', closings.map(({ head }) => head.item).join(), async () => {
      const canClose = closings.every(({ head: { item, upTo, lateMarks } }) => this.heads.get(item)?.upTo === upTo && this.heads.get(item)?.lateMarks === lateMarks);
      for (const { head, published } of canClose ? closings : []) {
        await this.closeOne(head, published);
      }
      return canClose;
    });
  }

  postpone(item: string, dueAt: string, { attemptsBefore = 0, ...failure }: Partial<Failure> = {}): Promise<void> {
    return this.write('postpone', item, () => {
      const head = this.heads.get(item);
      if (!head?.open) {
        throw new Error('ConditionalCheckFailedException');
      }
      if (attemptsBefore === 0 || attemptsBefore === head.attempts) {
        this.heads.set(item, { ...head, dueAt, ...failure });
      }
    });
  }

  backlog(): Promise<Backlog> {
    return Promise.resolve({ items: [...this.heads.values()].filter(({ open }) => open).length, more: false });
  }

  announcements(): Promise<{ streamArn: string; at: number }[]> {
    return Promise.resolve([...this.announced].map(([streamArn, at]) => ({ streamArn, at })));
  }

  withdraw({ streamArn, at }: { streamArn: string; at: number }): Promise<void> {
    if (this.announced.get(streamArn) === at) {
      this.announced.delete(streamArn);
    }
    return Promise.resolve();
  }

  private headOf(record: StreamRecord): StoredHead {
    const { item, streamArn, keys } = record;
    return this.heads.get(item) ?? { item, streamArn, keys, through: BEFORE_ALL, upTo: BEFORE_ALL, lateMarks: 0, lateSettled: 0, attempts: 0, open: false };
  }

  private put(record: StreamRecord, parked: Pick<StoredRecord, 'reason' | 'late' | 'detail'>): void {
    const { item, sequence, raw } = record; // the record itself will be let go of
    const stored = { ...parked, sequence, parts: 1, unpack: () => readStreamRecord(raw) };
    this.rows.set(item, (this.rows.get(item) ?? new Map<string, StoredRecord>()).set(sequence, stored));
  }

  private remove(item: string, records: readonly PublishedRecord[]): void {
    records.forEach(({ sequence }) => this.rows.get(item)?.delete(sequence));
  }

  private time(): string {
    return new Date(this.now()).toISOString();
  }

  private async write<T>(write: Parameters<MemoryParking['onWrite']>[0], item: string, change: () => T | Promise<T>): Promise<T> {
    await Promise.resolve();
    this.onWrite(write, 'before', item);
    const answer = await change();
    this.onWrite(write, 'after', item);
    return answer;
  }
}
