import { readFileSync } from 'node:fs';
import path from 'node:path';
import * as library from '../../lib';

/** What jsii says of the library: the API as every language sees it. It is made by the build. */
interface Docs {
  readonly summary?: string;
  readonly default?: string;
}
interface TypeReference {
  readonly primitive?: string;
  readonly fqn?: string;
  readonly collection?: { readonly elementtype: TypeReference };
}
interface Value {
  readonly name: string;
  readonly docs?: Docs;
  readonly type: TypeReference;
  readonly optional?: boolean;
}
interface Member extends Omit<Value, 'type'> {
  readonly type?: TypeReference;
  readonly overrides?: string;
  readonly immutable?: boolean;
  readonly static?: boolean;
  readonly parameters?: Value[];
  readonly returns?: Omit<Value, 'name'>;
}
interface Type {
  readonly name: string;
  readonly kind: 'class' | 'interface' | 'enum';
  readonly datatype?: boolean;
  readonly docs?: Docs;
  readonly locationInModule: { readonly filename: string };
  readonly members?: Member[];
  readonly properties?: Member[];
  readonly methods?: Member[];
  readonly initializer?: Member;
}

const assembly = JSON.parse(readFileSync(path.join(__dirname, '..', '..', '.jsii'), 'utf8')) as { types: Record<string, Type> };
const types = Object.values(assembly.types);

/** Each member with the name by which a reader finds it. */
const membersOf = (type: Type): [string, Member][] =>
  [...(type.properties ?? []), ...(type.methods ?? []), ...(type.members ?? [])].map((member) => [`${type.name}.${member.name}`, member]);
const members = types.flatMap(membersOf);

/** Each value that goes in or out: properties, parameters and results. */
const values: [string, Omit<Value, 'name'> & { readonly name?: string }][] = types.flatMap((type) =>
  [...membersOf(type), [`${type.name}.constructor`, type.initializer ?? { name: '' }] as [string, Member]].flatMap(([name, { parameters = [], returns, ...member }]) => [
    ...(member.type === undefined ? [] : [[name, { ...member, type: member.type }] as [string, Value]]),
    ...parameters.map((parameter): [string, Value] => [`${name}(${parameter.name})`, parameter]),
    ...(returns === undefined ? [] : [[`${name} returns`, returns] as [string, Value]]),
  ]),
);

const namesOf = (found: [string, unknown][]): string[] => found.map(([name]) => name);

test.each(['NakadiCredentials', 'AttributePath', 'RouteCondition', 'EventMapping'])('nothing but a %s is taken for one by the compiler', (name) => {
  const type = assembly.types[`cdk-outbox-table.${name}`];
  const declared = readFileSync(path.join(__dirname, '..', '..', type.locationInModule.filename.replace(/ts$/, 'd.ts')), 'utf8');
  // What is internal is not declared. A class that declares nothing of its own is like every other value.
  expect(declared.split(`export declare class ${name} `)[1].split('\n}')[0]).toMatch(/^ {4}private readonly \w+;$/m);
});

test('the API has what the library exports, and the other way round', () => {
  const classesAndEnums = types.filter(({ kind }) => kind !== 'interface').map(({ name }) => name);

  // What jsii does not know, TypeScript would have and no other language: constants and functions.
  expect(Object.keys(library).sort()).toEqual(classesAndEnums.sort());
});

test('no type of the API is private', () => {
  const names = [...types.map(({ name }) => name), ...members.map(([, { name }]) => name)];

  expect(types.filter(({ locationInModule: { filename } }) => filename.includes('private')).map(({ name }) => name)).toEqual([]);
  expect(names.filter((name) => name.startsWith('_'))).toEqual([]);
});

test('each type and each member says what it is', () => {
  expect(types.filter(({ docs }) => !docs?.summary).map(({ name }) => name)).toEqual([]);
  // What implements an interface is documented there.
  expect(namesOf(members.filter(([, { docs, overrides }]) => !docs?.summary && overrides === undefined))).toEqual([]);
});

test('each parameter of a method says what it is', () => {
  // The options of a metric are the same everywhere in the CDK, and are documented nowhere.
  const isKnown = ({ type: { fqn } }: Value): boolean => fqn === 'aws-cdk-lib.aws_cloudwatch.MetricOptions';
  const silent = members
    .filter(([, { overrides }]) => overrides === undefined)
    .flatMap(([name, { parameters = [] }]) => parameters.filter((each) => !each.docs?.summary && !isKnown(each)).map((parameter) => `${name}(${parameter.name})`));

  expect(silent).toEqual([]);
});

describe('properties that are handed in', () => {
  const props = types.filter(({ datatype }) => datatype).flatMap(membersOf);

  test('are some', () => {
    expect(props.length).toBeGreaterThan(40);
  });

  test('say their default where they may be left out, and only there', () => {
    const said = (member: Member): string => member.docs?.default ?? '';
    expect(namesOf(props.filter(([, member]) => member.optional && !/^(- )?\S/.test(said(member))))).toEqual([]);
    expect(namesOf(props.filter(([, member]) => /undefined/.test(said(member))))).toEqual([]);
    expect(namesOf(props.filter(([, member]) => !member.optional && said(member) !== ''))).toEqual([]);
  });

  test('are never written to', () => {
    expect(namesOf(props.filter(([, { immutable }]) => !immutable))).toEqual([]);
  });
});

test('nothing of what a construct shows can be written to', () => {
  const writable = types.filter(({ kind }) => kind === 'class').flatMap((type) => (type.properties ?? []).filter(({ immutable }) => !immutable).map(({ name }) => `${type.name}.${name}`));

  expect(writable).toEqual([]);
});

/** The type with all that is in it, as text. */
const text = ({ type }: { readonly type: TypeReference }): string => JSON.stringify(type);

test('no value is one of several types, or of any', () => {
  expect(namesOf(values.filter(([, value]) => /"(union|intersection)"|"primitive":"(any|json)"/.test(text(value))))).toEqual([]);
});

test('no value is of a type that stands for a resource of CloudFormation', () => {
  expect(namesOf(values.filter(([, value]) => /\.Cfn[A-Z]/.test(text(value))))).toEqual([]);
});

test('no secret is handed in as text', () => {
  const TEXT = /"primitive":"string"/;
  const SECRET = /password|secret|token|credential|api_?key/i;
  const suspicious = values.filter(([, value]) => SECRET.test(value.name ?? '') && TEXT.test(text(value)));

  // The address of a token endpoint is no secret.
  expect(namesOf(suspicious)).toEqual(['OAuth2ClientCredentialsOptions.tokenEndpoint']);
});

test('durations are durations', () => {
  const numbers = values.filter(([, { name = '', type }]) => type.primitive === 'number' && /every|for$|window|timeout|age$|budget|seconds|millis/i.test(name));

  expect(namesOf(numbers)).toEqual([]);
});
