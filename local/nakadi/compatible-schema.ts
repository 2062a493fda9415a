/** A JSON schema, as parsed JSON. */
export type Schema = Readonly<Record<string, unknown>>;

const OBJECT_KEYWORDS = ['properties', 'required', 'minProperties', 'maxProperties'];
const ARRAY_KEYWORDS = ['minItems', 'maxItems', 'uniqueItems', 'items'];
const COMPOSING_KEYWORDS = ['anyOf', 'allOf', 'oneOf'];
const NESTING_KEYWORDS = ['definitions', 'dependencies', 'properties'];
const UNSUPPORTED_KEYWORDS = ['additionalProperties', 'additionalItems', 'not', 'patternProperties'];

/**
 * What compatibility mode `compatible` makes of a schema: no object takes a property that is not named.
 *
 * That goes for an empty schema too, which therefore takes every value but an object with properties.
 */
export function closeSchema(schema: Schema): Schema {
  const closed: Record<string, unknown> = mapSubschemas(schema, closeSchema);
  if (takesObjects(schema)) closed.additionalProperties = false;
  if (hasAny(schema, ARRAY_KEYWORDS) || hasType(schema, 'array')) closed.additionalItems = false;
  return closed;
}

/** The keywords of a schema, at any depth, that compatibility mode `compatible` does not support. */
export function unsupportedKeywords(schema: Schema): string[] {
  const found = new Set(UNSUPPORTED_KEYWORDS.filter((keyword) => keyword in schema));
  mapSubschemas(schema, (subschema) => {
    for (const keyword of unsupportedKeywords(subschema)) found.add(keyword);
    return subschema;
  });
  return [...found];
}

export function isSchemaObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function takesObjects(schema: Schema): boolean {
  const isUnconstrained = !hasAny(schema, [...OBJECT_KEYWORDS, ...ARRAY_KEYWORDS, ...COMPOSING_KEYWORDS, '$ref', 'type']);
  return isUnconstrained || hasAny(schema, OBJECT_KEYWORDS) || hasType(schema, 'object');
}

function hasAny(schema: Schema, keywords: readonly string[]): boolean {
  return keywords.some((keyword) => keyword in schema);
}

function hasType(schema: Schema, type: string): boolean {
  return schema.type === type || (Array.isArray(schema.type) && schema.type.includes(type));
}

/** A copy of the schema with every schema directly below it replaced. */
function mapSubschemas(schema: Schema, change: (subschema: Schema) => Schema): Record<string, unknown> {
  const changed = (value: unknown): unknown => (isSchemaObject(value) ? change(value) : value);
  const copy: Record<string, unknown> = { ...schema };
  for (const keyword of NESTING_KEYWORDS) {
    const named = schema[keyword];
    if (isSchemaObject(named)) {
      copy[keyword] = Object.fromEntries(Object.entries(named).map(([name, value]) => [name, changed(value)]));
    }
  }
  for (const keyword of [...COMPOSING_KEYWORDS, 'items']) {
    const listed = schema[keyword];
    if (listed !== undefined) copy[keyword] = Array.isArray(listed) ? listed.map(changed) : changed(listed);
  }
  return copy;
}
