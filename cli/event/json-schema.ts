import type { Route } from '../../lambda/core/event-route.ts';

/** A JSON schema, as far as one is proposed here: with the words that Nakadi takes in every compatibility mode. */
export interface ProposedSchema {
  type?: string | string[];
  properties?: Record<string, ProposedSchema>;
  required?: string[];
  items?: ProposedSchema;
}

/** The data of an event, and what of its route decides the place of the patch. */
export interface Sample {
  /** As JSON text. */
  readonly data: string;
  readonly route: Pick<Route, 'patchFormat' | 'patchAttribute' | 'mapping'>;
}

/** Any operation of RFC 6902; its value may be anything. */
const PATCH_ARRAY: ProposedSchema = {
  type: 'array',
  items: { type: 'object', properties: { op: { type: 'string' }, path: { type: 'string' }, value: {} }, required: ['op', 'path'] },
};

/**
 * Proposes the schema of an event type from the data of some of its events. The patch is described as it can be, not as it was: only updates
 * have one. Where a mapping makes the data, there is none but what the mapping made.
 */
export function proposeEventSchema(samples: readonly Sample[]): ProposedSchema {
  const patches: Record<string, ProposedSchema> = {};
  const items = samples.map(({ data, route: { patchFormat, patchAttribute, mapping } }) => {
    const item = JSON.parse(data, sampleNumber as (name: string, value: unknown) => unknown) as Record<string, unknown>;
    if (patchFormat === 'none' || mapping !== undefined) {
      return item;
    }
    patches[patchAttribute] = patchFormat === 'array' ? PATCH_ARRAY : { type: 'string' };
    const { [patchAttribute]: _, ...rest } = item;
    return rest;
  });
  const schema = proposeSchema(items);
  return { ...schema, properties: { ...schema.properties, ...patches } };
}

/** A number of the same kind: a text that says more than a double holds may round to an integer. */
function sampleNumber(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? (/^-?\d+$/.test(context?.source ?? '') ? 1 : 0.5) : value;
}

/**
 * Proposes a schema that all samples meet: attributes that every sample has are required.
 *
 * It is a beginning: samples do not tell what else may come.
 */
export function proposeSchema(samples: readonly unknown[]): ProposedSchema {
  const types = [...new Set(samples.map(typeOf))].sort();
  // An integer is a number.
  const distinct = types.filter((type) => type !== 'integer' || !types.includes('number'));
  const schema: ProposedSchema = distinct.length === 0 ? {} : { type: distinct.length === 1 ? distinct[0] : distinct };
  const objects = samples.filter((sample) => typeOf(sample) === 'object') as Record<string, unknown>[];
  if (objects.length > 0) {
    const names = [...new Set(objects.flatMap((object) => Object.keys(object)))];
    const properties = names.map((name) => [name, proposeSchema(objects.filter((object) => Object.hasOwn(object, name)).map((object) => object[name]))]);
    schema.properties = Object.fromEntries(properties) as Record<string, ProposedSchema>;
    const required = names.filter((name) => objects.every((object) => Object.hasOwn(object, name)));
    if (required.length > 0) {
      schema.required = required;
    }
  }
  const elements = samples.filter(Array.isArray).flat();
  if (elements.length > 0) {
    schema.items = proposeSchema(elements);
  }
  return schema;
}

function typeOf(sample: unknown): string {
  if (sample === null) {
    return 'null';
  }
  if (Array.isArray(sample)) {
    return 'array';
  }
  if (typeof sample === 'number') {
    return Number.isInteger(sample) ? 'integer' : 'number';
  }
  return typeof sample;
}
