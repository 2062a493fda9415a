import type { Stack, TemplateResource } from './cloud-assembly.ts';
import { TemplateError } from './errors.ts';
import { evaluateCondition, resolveIntrinsics, type ResolutionScope } from './intrinsic-functions.ts';
import type { Json, JsonObject } from './json.ts';
import { LOCAL_ACCOUNT, physicalId, physicalName, type PhysicalId, type PhysicalIdContext } from './physical-id.ts';
import { matchesType, resourceKind, type ResourceKind } from './resource-types.ts';

/** A resource of the assembly, as the runtime knows it. */
export interface Resource extends PhysicalId {
  readonly stack: Stack;
  readonly logicalId: string;
  /** Construct path; stack name and logical id where the assembly does not tell it. */
  readonly path: string;
  readonly type: string;
  readonly kind: ResourceKind | 'ignored';
}

/** What the resources of an assembly are resolved against. */
export interface ResourcesOptions extends PhysicalIdContext {
  /** Random part of every physical name. */
  readonly suffix: string;
  /** Values of template parameters by name; a default in the template otherwise. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Resource types (`AWS::S3::Bucket`, `AWS::S3::*`) or logical ids to leave out although the runtime does not support them. */
  readonly ignore?: readonly string[];
}

/** Properties that give a resource an explicit physical name. */
const NAME_PROPERTIES: Partial<Record<ResourceKind, string>> = {
  table: 'TableName', queue: 'QueueName', secret: 'Name', function: 'FunctionName', schedule: 'Name',
};

/** All resources of the chosen stacks, and the values that their properties resolve to. */
export class Resources {
  readonly #stacks: readonly Stack[];
  readonly #options: ResourcesOptions;
  readonly #byKey = new Map<string, Resource>();
  readonly #pending = new Set<string>();

  /** @throws TemplateError for a resource whose type the runtime does not support. */
  constructor(stacks: readonly Stack[], options: ResourcesOptions) {
    this.#stacks = stacks;
    this.#options = options;
    const unsupported: string[] = [];
    for (const stack of stacks) {
      for (const [logicalId, { Type, Condition }] of Object.entries(stack.template.Resources ?? {})) {
        if (Condition !== undefined && !this.#scope(stack, stack.stackName).condition(Condition)) continue;
        if (this.#isUnsupported(logicalId, Type)) unsupported.push(`${pathOf(stack, logicalId)} (logical id ${logicalId}, ${Type})`);
        else this.#resource(stack, logicalId);
      }
    }
    if (unsupported.length > 0) {
      throw new TemplateError(`the local runtime does not support ${unsupported.join(', ')}; name the types or logical ids in the option ignore to run without them`);
    }
  }

  /** The resources of a kind, in the order of the templates. */
  ofKind(kind: ResourceKind | 'ignored'): Resource[] {
    return [...this.#byKey.values()].filter((resource) => resource.kind === kind);
  }

  /**
   * Finds a resource by its logical id, `stackName.logicalId`, or construct path (with or without its last `/Resource`).
   * @throws TemplateError where none, or more than one, has it.
   */
  find(id: string): Resource {
    const found = [...this.#byKey.values()].filter((resource) => resource.logicalId === id
      || `${resource.stack.stackName}.${resource.logicalId}` === id || resource.path === id || resource.path === `${id}/Resource`);
    if (found.length === 1) return found[0];
    if (found.length > 1) throw new TemplateError(`${id} names several resources: ${found.map(({ path }) => path).join(', ')}; use a construct path`);
    throw new TemplateError(`no resource has the logical id or construct path ${id}; there are ${[...this.#byKey.values()].map(({ path }) => path).join(', ')}`);
  }

  /** The resource whose `Ref` or `Arn` the value is; a qualifier (version, alias) of a function's ARN is left out. */
  byReference(kind: ResourceKind, reference: string): Resource | undefined {
    return this.ofKind(kind).find(({ ref, attributes }) => reference === ref || reference === attributes.Arn
      || (kind === 'function' && reference.startsWith(`${attributes.Arn}:`)));
  }

  /** The properties of a resource, resolved. */
  properties(resource: Resource): JsonObject {
    return this.property(resource) as JsonObject;
  }

  /** One property of a resource, resolved; all of them without a name. `undefined` where the template has none. */
  property(resource: Resource, name?: string): Json | undefined {
    const { Properties = {} } = resource.stack.template.Resources?.[resource.logicalId] ?? {};
    const value = name === undefined ? Properties : Properties[name];
    if (value === undefined) return undefined;
    return resolveIntrinsics(value, this.#scope(resource.stack, describe(resource)));
  }

  #isUnsupported(logicalId: string, type: string): boolean {
    if (this.#options.ignore?.some((ignored) => ignored === logicalId || matchesType(ignored, type))) return false;
    return resourceKind(type) === 'unsupported';
  }

  #resource(stack: Stack, logicalId: string): Resource {
    const key = `${stack.id}.${logicalId}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const template = stack.template.Resources?.[logicalId];
    if (!template) throw new TemplateError(`stack ${stack.stackName} has no resource ${logicalId}`);
    if (this.#pending.has(key)) throw new TemplateError(`the name of ${key} depends on itself`);
    this.#pending.add(key);
    const kind = resourceKind(template.Type);
    const resource = { stack, logicalId, path: pathOf(stack, logicalId), type: template.Type, ...this.#identity(stack, logicalId, template, kind) };
    this.#pending.delete(key);
    this.#byKey.set(key, resource);
    return resource;
  }

  #identity(stack: Stack, logicalId: string, template: TemplateResource, kind: ReturnType<typeof resourceKind>): PhysicalId & Pick<Resource, 'kind'> {
    const known = kind === 'unsupported' ? 'ignored' : kind;
    const explicit = known === 'ignored' ? undefined : template.Properties?.[NAME_PROPERTIES[known] ?? ''];
    const scope = this.#scope(stack, pathOf(stack, logicalId));
    const named = explicit === undefined ? undefined : resolveIntrinsics(explicit, scope);
    const name = typeof named === 'string' ? named : physicalName(known, stack.stackName, logicalId, this.#options.suffix);
    if (known !== 'alias') return { kind: known, ...physicalId(known, template.Type, name, this.#options) };
    const target = this.byReference('function', String(resolveIntrinsics(template.Properties?.FunctionName ?? '', scope)));
    const qualifier = template.Type === 'AWS::Lambda::Version' ? '1' : String(resolveIntrinsics(template.Properties?.Name ?? '', scope));
    const ref = `${target?.attributes.Arn ?? ''}:${qualifier}`;
    return { kind: known, name: qualifier, ref, attributes: { AliasArn: ref, FunctionArn: ref, Version: qualifier } };
  }

  #scope(stack: Stack, place: string): ResolutionScope {
    const pseudoParameters: Record<string, string> = {
      'AWS::AccountId': LOCAL_ACCOUNT, 'AWS::Region': this.#options.region, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': stack.stackName,
      'AWS::StackId': `arn:aws:cloudformation:${this.#options.region}:${LOCAL_ACCOUNT}:stack/${stack.stackName}/${this.#options.suffix}`,
    };
    const scope: ResolutionScope = {
      place,
      ref: (logicalId) => {
        if (logicalId === 'AWS::NoValue') return undefined;
        return pseudoParameters[logicalId] ?? this.#parameter(stack, logicalId, place) ?? this.#resource(stack, logicalId).ref;
      },
      getAtt: (logicalId, attribute) => {
        const { attributes, kind, name } = this.#resource(stack, logicalId);
        const value = attributes[attribute] ?? (kind === 'ignored' ? `${name}.${attribute}` : undefined);
        if (value === undefined) throw new TemplateError(`${place} uses the attribute ${attribute} of ${logicalId}, which the local runtime does not know`);
        return value;
      },
      importValue: (exportName) => this.#importValue(exportName, place),
      condition: (name) => {
        const expression = stack.template.Conditions?.[name];
        if (expression === undefined) throw new TemplateError(`${place} uses the condition ${name}, which stack ${stack.stackName} does not define`);
        return evaluateCondition(expression, scope);
      },
      findInMap: (map, topLevelKey, secondLevelKey) => {
        const value = stack.template.Mappings?.[map]?.[topLevelKey]?.[secondLevelKey];
        if (value === undefined) throw new TemplateError(`${place} finds nothing in the mapping ${map} under ${topLevelKey}, ${secondLevelKey}`);
        return value;
      },
    };
    return scope;
  }

  #parameter(stack: Stack, name: string, place: string): Json | undefined {
    const parameter = stack.template.Parameters?.[name];
    if (!parameter) return undefined;
    const value = this.#options.parameters?.[name] ?? parameter.Default;
    if (value === undefined) throw new TemplateError(`${place} needs a value for the parameter ${name}; give one in the option parameters`);
    return parameter.Type.startsWith('List<') || parameter.Type === 'CommaDelimitedList' ? String(value).split(',') : value;
  }

  #importValue(exportName: string, place: string): Json {
    for (const stack of this.#stacks) {
      const scope = this.#scope(stack, stack.stackName);
      for (const output of Object.values(stack.template.Outputs ?? {})) {
        if (output.Export && resolveIntrinsics(output.Export.Name, scope) === exportName) return resolveIntrinsics(output.Value, scope) ?? '';
      }
    }
    throw new TemplateError(`${place} imports ${exportName}, which no stack of the assembly exports`);
  }
}

/** How error texts name a resource. */
export function describe(resource: Pick<Resource, 'path' | 'logicalId' | 'type'>): string {
  return `${resource.path} (logical id ${resource.logicalId}, ${resource.type})`;
}

function pathOf(stack: Stack, logicalId: string): string {
  return stack.paths.get(logicalId) ?? `${stack.stackName}/${logicalId}`;
}
