import { ENV, wholeRoutes, type CompactDestination, type RouteConfig } from './handler-contract';

/** An outbox as a template has it. */
export interface TemplateOutbox {
  /** Logical id of the relay function. */
  readonly id: string;
  /** Base URL of Nakadi; what is known at deployment only stands in `${}`. */
  readonly endpoint: string;
  readonly routes: readonly RouteConfig[];
  /** Absent: not known before deployment. */
  readonly holdForMs?: number;
  /** Whether its event source mapping is on. */
  readonly enabled: boolean;
  /** Whether the schedule of its requeue is on. */
  readonly requeueEnabled: boolean;
  /** Logical id of the table; absent: the table is of another stack. */
  readonly table?: string;
  /** Names of the table's key attributes; absent: not in this template. */
  readonly keys?: readonly string[];
  /** Logical ids of the table of parked events and of the dead-letter queue. */
  readonly stores: readonly string[];
}

/** A resource of a template. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

export type TemplateResources = Readonly<Record<string, TemplateResource>>;

/** The outboxes of a template: each is a function that is told a destination and is fed by a stream. */
export function outboxesOf(resources: TemplateResources): TemplateOutbox[] {
  return Object.entries(resources).flatMap(([id, resource]) => {
    const variables = variablesOf(resource);
    const isRelay = resource.Type === 'AWS::Lambda::Function' && variables[ENV.destination] !== undefined && variables[ENV.sourceTable] === undefined;
    return isRelay ? [outbox(id, variables, resources)] : [];
  });
}

function outbox(id: string, variables: Record<string, unknown>, resources: TemplateResources): TemplateOutbox {
  const destination = JSON.parse(textOf(variables[ENV.destination])) as CompactDestination;
  const mapping = Object.values(resources).find(
    ({ Type, Properties }) => Type === 'AWS::Lambda::EventSourceMapping' && referenced(Properties?.FunctionName) === id,
  )?.Properties;
  const table = referenced(mapping?.EventSourceArn);
  const { OnFailure } = (mapping?.DestinationConfig ?? {}) as { OnFailure?: { Destination?: unknown } };
  const holdFor = /"holdForMs":(\d+)/.exec(textOf(variables[ENV.publishing]))?.[1];
  return {
    id,
    endpoint: destination.endpoint,
    routes: wholeRoutes(destination),
    holdForMs: holdFor === undefined ? undefined : Number(holdFor),
    enabled: mapping !== undefined && mapping.Enabled !== false,
    requeueEnabled: isRequeueEnabled(variables[ENV.parkedEventsTable], resources),
    table,
    keys: table === undefined ? undefined : keysOf(resources[table]),
    stores: [variables[ENV.parkedEventsTable], OnFailure?.Destination].map(referenced).filter((store) => store !== undefined),
  };
}

/** Whether a schedule that is on starts the function which publishes what is parked in this table. */
function isRequeueEnabled(parkedEventsTable: unknown, resources: TemplateResources): boolean {
  return Object.values(resources).some(({ Type, Properties }) => {
    const { Arn } = (Properties?.Target ?? {}) as { Arn?: unknown };
    const target = Type === 'AWS::Scheduler::Schedule' && Properties?.State !== 'DISABLED' ? referenced(Arn) : undefined;
    const variables = target === undefined ? undefined : variablesOf(resources[target]);
    return variables?.[ENV.sourceTable] !== undefined && JSON.stringify(variables[ENV.parkedEventsTable]) === JSON.stringify(parkedEventsTable);
  });
}

/** Environment variables of a function. */
function variablesOf(resource: TemplateResource | undefined): Readonly<Record<string, unknown>> {
  const { Variables = {} } = (resource?.Properties?.Environment ?? {}) as { Variables?: Record<string, unknown> };
  return Variables;
}

function keysOf(table: TemplateResource | undefined): string[] | undefined {
  const schema = table?.Properties?.KeySchema as { AttributeName?: unknown }[] | undefined;
  const names = schema?.map(({ AttributeName }) => AttributeName).filter((name) => typeof name === 'string');
  return names?.length === schema?.length ? names : undefined;
}

/** Logical id of the resource that a value refers to; undefined where it is something else. */
function referenced(value: unknown): string | undefined {
  const { Ref, 'Fn::GetAtt': attribute } = (value ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[] };
  return Ref ?? attribute?.[0];
}

/** A text of a template. What is known at deployment only becomes `${Name}`, `${Name.Attribute}` or, for functions, their form in `${}`. */
function textOf(value: unknown): string {
  if (typeof value === 'string') {
    return value;
  }
  const { Ref, 'Fn::GetAtt': attribute, 'Fn::Join': join } = (value ?? {}) as { Ref?: string; 'Fn::GetAtt'?: string[]; 'Fn::Join'?: [string, unknown[]] };
  if (join !== undefined) {
    return join[1].map(textOf).join(join[0]);
  }
  const name = Ref ?? attribute?.join('.') ?? JSON.stringify(value ?? null).replace(/[\\"]/g, '');
  return `\${${name}}`;
}
