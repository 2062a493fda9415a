/** A number that JSON must write with exactly this text; `JSON.stringify` does. */
export interface ExactNumber {
  readonly rawJSON: string;
}

declare global {
  /** ECMAScript's JSON.parse source text access, which Node has and TypeScript's library does not declare yet. */
  interface JSON {
    rawJSON(text: string): ExactNumber;
    isRawJSON(value: unknown): value is ExactNumber;
  }
}

/** The JSON form of a DynamoDB value. Objects inherit nothing, so that every attribute name is plain data. */
export type JsonValue = null | boolean | number | string | ExactNumber | JsonValue[] | JsonObject;
export interface JsonObject {
  [name: string]: JsonValue;
}
