import { Ajv } from 'ajv';
import type { FaultSpec } from './fault.ts';
import { Problem } from './problem.ts';

const number = { type: 'number', minimum: 0 };
const count = { type: 'integer', minimum: 1 };
const text = { type: 'string' };
const flag = { type: 'boolean' };

/** What each kind of fault may say beside its bounds; a question mark in the name makes it optional. */
const KINDS: Readonly<Record<FaultSpec['kind'], Readonly<Record<string, unknown>>>> = {
  outage: { 'how?': { enum: ['answer', 'reset', 'refuse'] } },
  latency: { ms: number },
  'slow-body': { ms: number },
  'lost-answer': {},
  'no-answer': { 'stored?': flag },
  'rate-limit': { perSecond: number, 'retryAfterSeconds?': number },
  answer: {
    status: { type: 'integer', minimum: 200, maximum: 599 },
    'headers?': { type: 'object', additionalProperties: text },
    'body?': text,
    'stored?': flag,
  },
  'fail-events': {
    'eids?': { type: 'array', items: text },
    'field?': {
      type: 'object',
      additionalProperties: false,
      properties: { path: text, value: { type: ['string', 'number', 'boolean', 'null'] } },
      required: ['path', 'value'],
    },
    'probability?': { type: 'number', minimum: 0, maximum: 1 },
    'seed?': { type: 'integer' },
  },
  'fail-some': { count, 'pick?': { enum: ['first', 'last', 'random'] }, 'seed?': { type: 'integer' } },
};

const BOUNDS = {
  'on?': { enum: ['publishing', 'token', 'any'] }, 'eventType?': text, 'times?': count, 'forMs?': number,
};

const ajv = new Ajv({ discriminator: true, allowUnionTypes: true });
const validate = ajv.compile<FaultSpec>({
  type: 'object',
  discriminator: { propertyName: 'kind' },
  required: ['kind'],
  oneOf: Object.entries(KINDS).map(([kind, fields]) => {
    const all = Object.entries({ kind: { const: kind }, ...BOUNDS, ...fields });
    return {
      additionalProperties: false,
      properties: Object.fromEntries(all.map(([name, schema]) => [name.replace('?', ''), schema])),
      required: all.map(([name]) => name).filter((name) => !name.endsWith('?')),
    };
  }),
});

/** Checks a fault that came as JSON. Throws a 422 problem that says what is wrong. */
export function checkFaultSpec(spec: unknown): FaultSpec {
  if (!validate(spec)) throw new Problem(422, ajv.errorsText(validate.errors, { dataVar: 'fault' }));
  return spec;
}
