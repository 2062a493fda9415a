import { TemplateError } from './errors.ts';
import { isObject, type Json } from './json.ts';

/** What intrinsic functions look up while a value is resolved. */
export interface ResolutionScope {
  /** Where the value stands, for error texts; such as `Orders/Relay (AWS::Lambda::Function)`. */
  readonly place: string;
  /** `Ref`: a resource, a parameter or a pseudo parameter; `undefined` for `AWS::NoValue`. */
  ref(logicalId: string): Json | undefined;
  getAtt(logicalId: string, attribute: string): Json;
  importValue(exportName: string): Json;
  condition(name: string): boolean;
  findInMap(map: string, topLevelKey: string, secondLevelKey: string): Json;
}

type IntrinsicFunction = (argument: Json, scope: ResolutionScope) => Json | undefined;

/**
 * Resolves the intrinsic functions in a template value.
 * @returns the value; `undefined` where it is `AWS::NoValue`, which an object or a list around it then leaves out.
 * @throws TemplateError for a function that is not supported, or is badly formed.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
 */
export function resolveIntrinsics(value: Json, scope: ResolutionScope): Json | undefined {
  if (Array.isArray(value)) return value.map((element) => resolveIntrinsics(element, scope)).filter((element) => element !== undefined);
  if (!isObject(value)) return refuseDynamicReference(value, scope);
  const [[name, argument] = ['', null], ...others] = Object.entries(value);
  if (others.length === 0 && (name === 'Ref' || name === 'Condition' || name.startsWith('Fn::'))) {
    const intrinsic = INTRINSIC_FUNCTIONS[name];
    if (intrinsic) return intrinsic(argument, scope);
    // `Condition` is also an ordinary property name; only a condition's own expression gives it meaning.
    if (name !== 'Condition') throw new TemplateError(`${scope.place} uses ${name}, which the local runtime does not support`);
  }
  const entries = Object.entries(value).map(([key, member]) => [key, resolveIntrinsics(member, scope)]);
  return Object.fromEntries(entries.filter(([, member]) => member !== undefined)) as Json;
}

/**
 * Evaluates the expression of a condition.
 * @throws TemplateError for anything but the condition functions.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html
 */
export function evaluateCondition(expression: Json, scope: ResolutionScope): boolean {
  const [[name, argument] = ['', null]] = isObject(expression) ? Object.entries(expression) as [string, Json][] : [];
  const operands = Array.isArray(argument) ? argument : [];
  switch (name) {
    case 'Condition': return scope.condition(String(argument));
    case 'Fn::Not': return !evaluateCondition(operands[0], scope);
    case 'Fn::And': return operands.every((operand) => evaluateCondition(operand, scope));
    case 'Fn::Or': return operands.some((operand) => evaluateCondition(operand, scope));
    case 'Fn::Equals': {
      const [left, right] = operands.map((operand) => resolveIntrinsics(operand, scope));
      return isObject(left) || Array.isArray(left) ? JSON.stringify(left) === JSON.stringify(right) : String(left) === String(right);
    }
    default: throw new TemplateError(`${scope.place} uses ${name || JSON.stringify(expression)} as a condition, which the local runtime does not support`);
  }
}

const INTRINSIC_FUNCTIONS: Record<string, IntrinsicFunction | undefined> = {
  'Ref': (argument, scope) => scope.ref(text(argument, 'Ref', scope)),
  'Fn::GetAtt': (argument, scope) => {
    const [logicalId, ...attribute] = Array.isArray(argument) ? argument.map(String) : text(argument, 'Fn::GetAtt', scope).split('.');
    return scope.getAtt(logicalId, attribute.join('.'));
  },
  'Fn::Join': (argument, scope) => {
    const [delimiter, values] = list(argument, 'Fn::Join', scope);
    return list(resolveIntrinsics(values, scope), 'Fn::Join', scope).map(String).join(String(delimiter));
  },
  'Fn::Split': (argument, scope) => {
    const [delimiter, source] = list(argument, 'Fn::Split', scope);
    return text(resolveIntrinsics(source, scope), 'Fn::Split', scope).split(String(delimiter));
  },
  'Fn::Select': (argument, scope) => {
    const [index, values] = list(resolveIntrinsics(argument, scope), 'Fn::Select', scope);
    const selected = list(values, 'Fn::Select', scope)[Number(index)];
    if (selected === undefined) throw new TemplateError(`${scope.place} selects element ${String(index)} of a list that has none there`);
    return selected;
  },
  'Fn::Sub': (argument, scope) => {
    const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return substitute(text(template, 'Fn::Sub', scope), variables as Record<string, Json>, scope);
  },
  'Fn::If': (argument, scope) => {
    const [condition, whenTrue, whenFalse] = list(argument, 'Fn::If', scope);
    return resolveIntrinsics(scope.condition(String(condition)) ? whenTrue : whenFalse, scope);
  },
  'Fn::ImportValue': (argument, scope) => scope.importValue(text(resolveIntrinsics(argument, scope), 'Fn::ImportValue', scope)),
  'Fn::FindInMap': (argument, scope) => {
    const [map, topLevelKey, secondLevelKey] = list(resolveIntrinsics(argument, scope), 'Fn::FindInMap', scope).map(String);
    return scope.findInMap(map, topLevelKey, secondLevelKey);
  },
  'Fn::Base64': (argument, scope) => Buffer.from(text(resolveIntrinsics(argument, scope), 'Fn::Base64', scope)).toString('base64'),
};

function substitute(template: string, variables: Record<string, Json>, scope: ResolutionScope): string {
  return template.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    if (name.startsWith('!')) return `\${${name.slice(1)}}`;
    if (Object.hasOwn(variables, name)) return String(resolveIntrinsics(variables[name], scope));
    const dot = name.indexOf('.');
    return String(dot < 0 ? scope.ref(name) : scope.getAtt(name.slice(0, dot), name.slice(dot + 1)));
  });
}

function text(value: Json | undefined, name: string, scope: ResolutionScope): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(`${scope.place} uses ${name} with ${JSON.stringify(value)}, expected a string`);
}

function list(value: Json | undefined, name: string, scope: ResolutionScope): Json[] {
  if (Array.isArray(value)) return value;
  throw new TemplateError(`${scope.place} uses ${name} with ${JSON.stringify(value)}, expected a list`);
}

/** CloudFormation itself would fetch the value at deployment; here nothing does. */
function refuseDynamicReference(value: Json, scope: ResolutionScope): Json {
  if (typeof value !== 'string' || !value.includes('{{resolve:')) return value;
  throw new TemplateError(`${scope.place} uses a dynamic reference ({{resolve:...}}), which the local runtime does not support`);
}
