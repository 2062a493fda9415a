import type { DestinationConfig, RouteConditionConfig, RouteConfig } from '../../lib/private/handler-contract.ts';
import type { AttributeMap, AttributeValue, StreamRecord } from './stream-record.ts';

/** What a team's mapping is called with. */
export interface MappingInput {
  readonly keys: unknown;
  readonly newItem?: unknown;
  readonly oldItem?: unknown;
  readonly event: unknown;
}

/** A team's mapping: the event's data, or undefined to publish nothing. May throw, and may return anything. */
export type Mapping = (input: MappingInput) => unknown;

/** A route as events are made by it. */
export interface Route extends RouteConfig {
  readonly map?: Mapping;
}

/** Where events go, and in which form. */
export interface EventShape extends Pick<DestinationConfig, 'unrouted'> {
  readonly routes: readonly Route[];
  /** Largest event that Nakadi takes, in bytes. */
  readonly maxEventBytes: number;
}

/** The first route whose condition the item meets; undefined where none is for it. */
export function routeOf({ keys, raw }: Pick<StreamRecord, 'keys' | 'raw'>, routes: readonly Route[]): Route | undefined {
  const image = raw.dynamodb?.NewImage ?? raw.dynamodb?.OldImage ?? keys;
  const meets = ({ type, attribute, value }: RouteConditionConfig): boolean => {
    if (type === 'key-starts-with') {
      return textOf(keys, attribute)?.startsWith(value) ?? false;
    }
    return textOf(image, attribute) === value;
  };
  return routes.find(({ condition }) => condition === undefined || meets(condition));
}

/** An attribute's text; undefined where it has none, whatever else a faulty image holds there. */
function textOf(image: AttributeMap, attribute: string): string | undefined {
  const value: Partial<AttributeValue> | null = Object.hasOwn(image, attribute) ? image[attribute] : null;
  return typeof value?.S === 'string' ? value.S : undefined;
}

/** Whether a record tells of a deletion by DynamoDB's time to live. */
export function isTimeToLiveDeletion({ raw }: StreamRecord): boolean {
  return raw.eventName === 'REMOVE' && raw.userIdentity?.principalId === 'dynamodb.amazonaws.com';
}
