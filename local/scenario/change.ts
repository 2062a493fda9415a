import type { AttributeValue } from '@aws-sdk/client-dynamodb';

/** The attributes of an item, or of its key, as the SDK takes and gives them. */
export type Item = Record<string, AttributeValue>;

/** A change to one item, as DynamoDB takes it. */
export type Change =
  | { readonly type: 'put'; readonly item: Item }
  | {
      readonly type: 'update';
      readonly key: Item;
      readonly expression: string;
      readonly names?: Record<string, string>;
      readonly values?: Item;
    }
  | { readonly type: 'delete'; readonly key: Item };
