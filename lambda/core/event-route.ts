import type { DestinationConfig, RouteConditionConfig, RouteConfig } from '../../lib/private/handler-contract.ts';
import type { AttributeMap, AttributeValue, StreamRecord } from './stream-record.ts';

/** What a team's mapping makes of a change. */
export type MappedData =
  /** The event's data as JSON text. */
  | { readonly type: 'data'; readonly json: string }
  /** Nothing is published. */
  | { readonly type: 'nothing' }
  | { readonly type: 'failed'; readonly detail: string };

/**
 * A team's mapping. Gets `keys`, `newItem`, `oldItem` and `event` as the text of a JSON object; never throws.
 *
 * @param change the part of it that is the same however often the change is mapped; all of it unless given
 */
export type Mapping = (input: string, change?: string) => MappedData;

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
export function isTimeToLiveDeletion({ raw }: Pick<StreamRecord, 'raw'>): boolean {
  return raw.eventName === 'REMOVE' && raw.userIdentity?.principalId === 'dynamodb.amazonaws.com';
}
