import type { AttributeValue as SdkAttributeValue } from '@aws-sdk/client-dynamodb';
import type { AttributeMap, AttributeValue } from '../core/stream-record.ts';

/** Attributes as the SDK gives them, in the form of the event source mapping: binary is base64 text. */
export function toLambdaMap(attributes: Readonly<Record<string, SdkAttributeValue>>): AttributeMap {
  const map = Object.create(null) as Record<string, AttributeValue>;
  for (const name of Object.keys(attributes)) {
    map[name] = toLambdaValue(attributes[name]);
  }
  return map;
}

function toLambdaValue(value: SdkAttributeValue): AttributeValue {
  if (value.B !== undefined) {
    return { B: base64(value.B) };
  }
  if (value.BS !== undefined) {
    return { BS: value.BS.map(base64) };
  }
  if (value.L !== undefined) {
    return { L: value.L.map(toLambdaValue) };
  }
  if (value.M !== undefined) {
    return { M: toLambdaMap(value.M) };
  }
  return value as AttributeValue;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** A key in the SDK's form: binary is bytes. */
export function toSdkMap(keys: AttributeMap): Record<string, SdkAttributeValue> {
  const entries = Object.entries(keys).map(([name, { S, N, B }]) => {
    if (B !== undefined) {
      return [name, { B: Buffer.from(B, 'base64') }];
    }
    return [name, S !== undefined ? { S } : { N }];
  });
  return Object.fromEntries(entries) as Record<string, SdkAttributeValue>;
}
