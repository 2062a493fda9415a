import { Ajv, type ErrorObject } from 'ajv';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { closeSchema, isSchemaObject, unsupportedKeywords, type Schema } from './compatible-schema.ts';
import type { CompleteEventType } from './event-type.ts';
import { isRfc3339, metadataSchema } from './metadata-schema.ts';
import { Problem } from './problem.ts';

/** Checks one parsed event; gives the first fault in words, or nothing where the event is valid. */
export type EventValidator = (event: unknown) => string | undefined;

/** Compiles the schema of the whole event. Throws a 422 problem where the event type's own schema is unusable. */
export function compileEventSchema(eventType: CompleteEventType): EventValidator {
  const ajv = new Ajv({
    strict: false, logger: false, unicodeRegExp: false, formats: { ...fullFormats, 'date-time': isRfc3339, rfc3339: isRfc3339 },
  });
  const validate = compile(ajv, effectiveSchema(eventType));
  return (event) => (validate(event) ? undefined : describe(ajv, validate.errors));
}

/**
 * The schema that an event is checked against: the event type's own, closed in `compatible` mode, and with the
 * envelope of its category around it.
 */
export function effectiveSchema(eventType: CompleteEventType): Schema {
  const own = ownSchema(eventType);
  const schema = eventType.compatibility_mode === 'compatible' ? closeSchema(own) : own;
  switch (eventType.category) {
    case 'undefined':
      return schema;
    case 'business':
      return {
        ...schema,
        type: 'object',
        properties: { ...asObject(schema.properties), metadata: metadataSchema(eventType) },
        required: [...asList(schema.required), 'metadata'],
      };
    case 'data':
      return dataChangeSchema(schema, metadataSchema(eventType));
  }
}

/** The data-change wrapper. It is closed: nothing may stand beside its four fields. */
function dataChangeSchema(data: Schema, metadata: Schema): Schema {
  const { definitions, ...payload } = data;
  return {
    type: 'object',
    additionalProperties: false,
    // References of the payload's schema point to the root, so its definitions have to move there.
    ...(definitions === undefined ? {} : { definitions }),
    properties: {
      metadata,
      data_type: { type: 'string' },
      data_op: { type: 'string', enum: ['C', 'U', 'D', 'S'] },
      data: payload,
    },
    required: ['metadata', 'data_type', 'data_op', 'data'],
  };
}

function ownSchema(eventType: CompleteEventType): Schema {
  let schema: unknown;
  try {
    schema = JSON.parse(eventType.schema.schema);
  } catch (cause) {
    throw new Problem(422, `schema is not JSON: ${(cause as Error).message}`);
  }
  if (!isSchemaObject(schema)) throw new Problem(422, 'schema must be a JSON object');
  if (eventType.compatibility_mode === 'compatible') {
    const unsupported = unsupportedKeywords(schema);
    if (unsupported.length > 0) {
      throw new Problem(422, `schema uses ${unsupported.join(', ')}, which compatibility mode compatible does not support`);
    }
  }
  // The dialect's name and the schema's own address are no constraints, and would change how it is compiled.
  const isConstraint = ([keyword, value]: [string, unknown]) => typeof value !== 'string' || !['$schema', '$id', 'id'].includes(keyword);
  return Object.fromEntries(Object.entries(schema).filter(isConstraint));
}

function compile(ajv: Ajv, schema: Schema): ReturnType<Ajv['compile']> {
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw new Problem(422, `schema is not a valid JSON schema: ${(cause as Error).message}`);
  }
}

function describe(ajv: Ajv, errors: ErrorObject[] | null | undefined): string {
  const culprit = errors?.map((error) => error.params.additionalProperty as unknown).find((name) => typeof name === 'string');
  return ajv.errorsText(errors, { dataVar: '#' }) + (culprit === undefined ? '' : ` (${culprit})`);
}

function asObject(value: unknown): Schema {
  return isSchemaObject(value) ? value : {};
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
