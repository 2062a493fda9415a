import type { ParkReason } from '../../../lambda/core/parked-event.ts';
import { requeueParked, type ParkedReport } from '../../../lambda/core/requeue-parked.ts';
import { RequestSize } from '../../../lambda/core/request-size.ts';
import type { AttributeMap } from '../../../lambda/core/stream-record.ts';
import { settings, STREAM, streamRecord, type RecordOptions, type ShapeOptions } from '../factories.ts';
import { MemoryNakadi } from './memory-nakadi.ts';
import { MemoryParking } from './memory-parking.ts';
import { VirtualClock } from './virtual-clock.ts';

/** A requeue with everything it talks to in memory. Items go by name: `a` is the item whose `id` is `a`. */
export class RequeueHarness {
  readonly nakadi = new MemoryNakadi();
  readonly clock = new VirtualClock();
  readonly parking = new MemoryParking(() => this.clock.now());
  /** The table: images by `id`. */
  readonly table = new Map<string, AttributeMap>();
  /** What events look like. */
  shape: ShapeOptions = {};
  /** Limits and times that are other than the usual ones. */
  limits: Parameters<typeof settings>[0] = {};
  /** What a warm function keeps from run to run. */
  readonly size = new RequestSize();
  /** Called when the table is read. */
  onRead: () => void | Promise<void> = () => undefined;

  constructor() {
    this.nakadi.onRequest = () => {
      this.clock.pass(1);
    };
  }

  run(deadline = this.clock.now() + 180_000): Promise<ParkedReport> {
    const { nakadi, clock, parking: parkedEvents } = this;
    const sourceTable = {
      read: async (keys: AttributeMap): Promise<AttributeMap | undefined> => {
        await Promise.resolve();
        await this.onRead();
        return this.table.get(keys.id.S!);
      },
    };
    return requeueParked({ nakadi, clock, parkedEvents, sourceTable }, settings(this.limits, this.shape), deadline, this.size);
  }

  async park(id: string, sequence: number, newImage?: AttributeMap, reason: ParkReason = 'rejected'): Promise<void> {
    await this.parkRecord({ id, sequence, newImage }, reason);
  }

  async parkRecord(options: RecordOptions, reason: ParkReason = 'rejected'): Promise<void> {
    await this.parking.announce(STREAM);
    await this.parking.park({ record: streamRecord(options), reason, detail: '' });
  }

  parkLate(id: string, sequence: number, options: RecordOptions = {}): Promise<void> {
    return this.parking.parkLate(streamRecord({ id, sequence, ...options }));
  }

  /** Makes Nakadi refuse these changes, and only these. */
  refuse(...sequences: number[]): void {
    this.nakadi.isInvalid = (event) => sequences.includes(Number(event.sequence.slice(-6)));
  }

  /** What was published: the number of a change, or operation and state of a snapshot. */
  published(): string[] {
    return this.nakadi.stored.map(({ json, sequence }) => {
      const { data_op, data } = JSON.parse(String(json)) as { data_op: string; data: { state?: number } };
      return data_op === 'C' ? `C${Number(sequence.slice(-6))}` : `${data_op} of ${data.state}`;
    });
  }

  /** Numbers of the changes that wait. */
  waiting(id: string): number[] {
    return this.parking.waiting(item(id)).map((sequence) => Number(sequence.slice(-6)));
  }

  head(id: string): NonNullable<ReturnType<MemoryParking['heads']['get']>> {
    return this.parking.heads.get(item(id))!;
  }

  changeHead(id: string, change: Partial<ReturnType<RequeueHarness['head']>>): void {
    this.parking.heads.set(item(id), { ...this.head(id), ...change });
  }

  isOpen(id: string): boolean {
    return this.head(id).open;
  }
}

/** Digest of the item. */
export function item(id: string): string {
  return streamRecord({ id }).item;
}
