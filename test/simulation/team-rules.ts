import type { EventShape, Mapping } from '../../lambda/core/event-route.ts';
import type { RelaySettings } from '../../lambda/core/relay-batch.ts';
import type { History } from './history.ts';

/** Whether the mapping makes data of an item in this state. */
export function isMapped(state: number): boolean {
  return state % 3 !== 0;
}

/** What the team has configured: after the faults have ended, a configuration that suits every item. */
export function settingsOf({ maxBatchEvents, retryBudgetMs, holdForMs, isMapped: hasMapping }: History, isCalm: boolean): RelaySettings {
  const maxEventBytes = 999_000;
  const shape: EventShape = {
    routes: [
      { ...route('compacted', 'a', isCalm), cleanupPolicy: 'compact', tombstones: true },
      { ...route('mapped', 'm', isCalm), map: hasMapping ? mapping(isCalm) : undefined },
      { ...route('plain', 'b', isCalm), timeToLiveDeletions: false },
    ],
    unrouted: 'drop',
    maxEventBytes,
  };
  return { shape, publishing: { maxEventBytes, maxBatchEvents, maxBatchBytes: 10_000_000, requestTimeoutMs: 80_000, retryBudgetMs, holdForMs } };
}

function route(eventType: string, value: string, isCalm: boolean): EventShape['routes'][number] {
  return {
    eventType,
    condition: { type: 'key-starts-with', attribute: 'id', value },
    dataType: 'order',
    cleanupPolicy: 'delete',
    patchFormat: 'array',
    patchAttribute: isCalm ? 'changes' : 'patch',
    exclude: [{ path: ['hidden'] }],
  };
}

function mapping(isCalm: boolean): Mapping {
  return (input) => {
    const { newItem, oldItem } = JSON.parse(input) as { newItem?: Mapped; oldItem?: Mapped };
    const item = newItem ?? oldItem;
    if (item === undefined || (item.patch !== undefined && !isCalm)) {
      return { type: 'failed', detail: 'the mapping failed' };
    }
    return isMapped(item.state) ? { type: 'data', json: JSON.stringify({ state: item.state }) } : { type: 'nothing' };
  };
}

interface Mapped {
  readonly state: number;
  readonly patch?: string;
}
