import { CfnParameter, Fn, SecretValue, Stack, Token, type Environment } from 'aws-cdk-lib';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Secret, type ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import * as fc from 'fast-check';
import { NakadiCredentials } from '../../../lib';
import { credentialsFaults } from '../../../lib/private/validate-credentials';
import { newStack } from '../stacks';

const ENV = { account: '123456789012', region: 'eu-central-1' };
const ARN = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:client';

/** The faults of client credentials that are made in a stack, those left out that are none. */
const faultsOf = (options: (stack: Stack) => { scopes?: string[]; secret?: ISecret; tokenEndpoint?: string } = () => ({}), env?: Environment): unknown[] => {
  const stack = newStack(env);
  const { secret = new Secret(stack, 'Secret'), tokenEndpoint = 'https://id.example.org/token', scopes } = options(stack);
  return credentialsFaults(NakadiCredentials.oauth2ClientCredentials({ secret, tokenEndpoint, scopes }), stack).filter((fault) => fault !== undefined);
};

const list = (stack: Stack): string[] => new CfnParameter(stack, 'Scopes', { type: 'CommaDelimitedList' }).valueAsList;

test('no credentials have no faults', () => {
  for (const credentials of [undefined, NakadiCredentials.none()]) {
    expect(credentialsFaults(credentials, newStack()).filter((fault) => fault !== undefined)).toEqual([]);
  }
});

test('a token endpoint that is no https URL is a fault', () => {
  expect(faultsOf(() => ({ tokenEndpoint: 'http://id.example.org' }))).toEqual([expect.stringMatching(/^credentials\.tokenEndpoint must be a URL .*: give the URL of the token endpoint$/)]);
});

test('fails when the field of a bearer token has no name', () => {
  const stack = newStack();

  expect(credentialsFaults(NakadiCredentials.bearerToken(new Secret(stack, 'Secret'), { field: '' }), stack).filter((fault) => fault !== undefined)).toEqual([
    'credentials.field must be the name of a field of the secret, got "": leave it out where the whole secret is the token',
  ]);
});

test.each<[string, string, (stack: Stack) => unknown]>([
  ['the secret itself', 'object', (stack) => new Secret(stack, 'Secret')],
  ['the value of a secret', 'object', () => SecretValue.unsafePlainText('abc')],
  ['a token', 'string', () => 'abc'],
])('fails when the credentials are %s', (_, type, given) => {
  const stack = newStack();

  expect(credentialsFaults(given(stack) as NakadiCredentials, stack)).toEqual([
    `destination.credentials must be made by NakadiCredentials, got another ${type}: give NakadiCredentials.bearerToken(secret), or another of its methods`,
  ]);
});

test.each<[unknown, string]>([
  [null, 'null'],
  [5, '5'],
])('fails when the field of a bearer token is %j, which compilers refuse', (field, given) => {
  const stack = newStack();

  expect(credentialsFaults(NakadiCredentials.bearerToken(new Secret(stack, 'Secret'), { field: field as string }), stack).filter((fault) => fault !== undefined)).toEqual([
    `credentials.field must be the name of a field of the secret, got ${given}: leave it out where the whole secret is the token`,
  ]);
});

test('fails when the secret is its ARN, which compilers refuse, and does not repeat it', () => {
  const stack = newStack();

  expect(credentialsFaults(NakadiCredentials.bearerToken(ARN as never), stack).filter((fault) => fault !== undefined)).toEqual([
    "the credentials' secret must be a Secret, got another string: define it, or import it by Secret.fromSecretCompleteArn",
  ]);
});

test.each<[string, () => NakadiCredentials, string[]]>([
  ['of a bearer token is missing', () => NakadiCredentials.bearerToken(undefined as never), []],
  ['of a bearer token is null', () => NakadiCredentials.bearerToken(null as never), []],
  ['of client credentials is missing', () => NakadiCredentials.oauth2ClientCredentials({ tokenEndpoint: 'https://id.example.org/token' } as never), []],
  [
    'of client credentials is missing, as all else',
    () => NakadiCredentials.oauth2ClientCredentials(undefined as never),
    ['credentials.tokenEndpoint must be a URL that starts with https:// and has no query, got undefined: give the URL of the token endpoint'],
  ],
])('fails when the secret %s, which compilers refuse', (what, credentials, others) => {
  expect(credentialsFaults(credentials(), newStack()).filter((fault) => fault !== undefined)).toEqual([
    ...others,
    `the credentials' secret must be a Secret, got ${what.endsWith('null') ? 'null' : 'undefined'}: define it, or import it by Secret.fromSecretCompleteArn`,
  ]);
});

describe('scopes', () => {
  test('fails when they are a text, which compilers refuse', () => {
    expect(faultsOf(() => ({ scopes: 'uid' as never }))).toEqual(['credentials.scopes must be a list of scopes, got "uid": give a list']);
  });

  test.each<[unknown, string]>([
    [undefined, 'undefined'],
    [5, '5'],
  ])('fails when one is %j, which compilers refuse', (scope, given) => {
    expect(faultsOf(() => ({ scopes: [scope as string] }))).toEqual([
      `credentials.scopes[0] must be one scope of visible ASCII characters without spaces, " and \\, got ${given}: list each scope by itself`,
    ]);
  });


  test.each<[string, (stack: Stack) => string[] | undefined]>([
    ['none', () => undefined],
    ['no scope', () => []],
    ['several', () => ['nakadi.event_stream.write', 'uid', '!', 'a:b/c~']],
    ['one that is still to be looked up', () => ['dummy-value-for-/a scope']],
    ['one that is known at deployment only', (stack) => [new CfnParameter(stack, 'Scope').valueAsString]],
    ['one of a list that is known at deployment only', (stack) => [Fn.select(0, list(stack))]],
  ])('%s pass', (_, scopes) => {
    expect(faultsOf((stack) => ({ scopes: scopes(stack) }))).toEqual([]);
  });

  test.each<[string, (stack: Stack) => string[]]>([
    ['a parameter', list],
    ['an imported value', () => Fn.split(',', Fn.importValue('Scopes'))],
  ])('fails when their list is %s', (_, scopes) => {
    expect(faultsOf((stack) => ({ scopes: scopes(stack) }))).toEqual([
      'credentials.scopes must be a list whose length is known when the app is synthesized, got one that is known at deployment only: list each scope, which may be a parameter of its own',
    ]);
  });

  test.each(['', ' ', 'read write', 'a"b', 'a\\b', 'schreiben-ü', 'a\nb', '\u007f'])('fails when one is %j', (scope) => {
    expect(faultsOf(() => ({ scopes: ['uid', scope] }))).toEqual([
      `credentials.scopes[1] must be one scope of visible ASCII characters without spaces, " and \\, got ${JSON.stringify(scope)}: list each scope by itself`,
    ]);
  });

  test('pass where each character is one that the standard allows, and fail otherwise', () => {
    const allowed = (character: number): boolean => character === 0x21 || (character >= 0x23 && character <= 0x5b) || (character >= 0x5d && character <= 0x7e);
    const stack = newStack();
    const secret = new Secret(stack, 'Secret');
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0xff }), { minLength: 1, maxLength: 5 }), (characters) => {
        const scope = String.fromCharCode(...characters);
        const faults = credentialsFaults(NakadiCredentials.oauth2ClientCredentials({ secret, tokenEndpoint: 'https://id.example.org', scopes: [scope] }), stack);
        return faults.some((fault) => fault !== undefined) !== characters.every(allowed);
      }),
    );
  });
});

describe.each<[string, (secret: ISecret) => NakadiCredentials]>([
  ['client credentials', (secret) => NakadiCredentials.oauth2ClientCredentials({ secret, tokenEndpoint: 'https://id.example.org/token' })],
  ['a bearer token', (secret) => NakadiCredentials.bearerToken(secret)],
])('the secret of %s', (_, credentials) => {
  const faultsBeside = (stack: Stack, newSecret: (stack: Stack) => ISecret, secrets = stack): unknown[] =>
    credentialsFaults(credentials(newSecret(secrets)), stack).filter((fault) => fault !== undefined);
  const faultsIn = (env: Environment | undefined, newSecret: (stack: Stack) => ISecret): unknown[] => faultsBeside(newStack(env), newSecret);
  const inOtherStack = (newSecret: (stack: Stack) => ISecret, region?: string, ofSecret?: string): unknown[] => {
    const stack = newStack(region === undefined ? undefined : { ...ENV, region });
    const secrets = new Stack(stack.node.root, 'Secrets', { env: ofSecret === undefined ? undefined : { ...ENV, region: ofSecret } });
    return faultsBeside(stack, newSecret, secrets);
  };

  test.each<[string, (stack: Stack) => ISecret]>([
    ['of the app', (stack) => new Secret(stack, 'Secret', { encryptionKey: new Key(stack, 'Key', { alias: 'alias/client' }) })],
    ['imported by its name', (stack) => Secret.fromSecretNameV2(stack, 'Secret', 'client')],
    ['imported by its ARN', (stack) => Secret.fromSecretCompleteArn(stack, 'Secret', `${ARN}-AbCdEf`)],
    ['imported by an ARN that is known at deployment only', (stack) => Secret.fromSecretCompleteArn(stack, 'Secret', Token.asString({ Ref: 'Arn' }))],
  ])('passes where it is %s', (__, newSecret) => {
    expect(faultsIn(ENV, newSecret)).toEqual([]);
    expect(faultsIn(undefined, newSecret)).toEqual([]);
  });

  test.each<[string, (stack: Stack) => ISecret]>([
    ['its whole ARN', (stack) => Secret.fromSecretCompleteArn(stack, 'Secret', `${ARN}-AbCdEf`)],
    ['a part of its ARN', (stack) => Secret.fromSecretPartialArn(stack, 'Secret', ARN)],
  ])('fails when it is of another region by %s', (__, newSecret) => {
    expect(faultsIn({ ...ENV, region: 'eu-west-1' }, newSecret)).toEqual([
      "the credentials' secret must be in the region of the outbox, got eu-central-1 and eu-west-1: replicate the secret, and import the replica of eu-west-1",
    ]);
  });

  test.each<[string, (stack: Stack) => ISecret]>([
    ['defined', (stack) => new Secret(stack, 'Secret')],
    ['imported by its name', (stack) => Secret.fromSecretNameV2(stack, 'Secret', 'client')],
  ])('fails when it is %s in a stack of another region', (__, newSecret) => {
    expect(inOtherStack(newSecret, 'eu-west-1', 'eu-central-1')).toEqual([
      "the credentials' secret must be in the region of the outbox, got eu-central-1 and eu-west-1: replicate the secret, and import the replica of eu-west-1",
    ]);
  });

  test('passes where it is defined in another stack of the region, or where a region is known at deployment only', () => {
    const newSecret = (stack: Stack): ISecret => new Secret(stack, 'Secret');

    expect(inOtherStack(newSecret, 'eu-central-1', 'eu-central-1')).toEqual([]);
    expect(inOtherStack(newSecret, undefined, 'eu-central-1')).toEqual([]);
    expect(inOtherStack(newSecret, 'eu-central-1')).toEqual([]);
    expect(inOtherStack(newSecret)).toEqual([]);
  });

  test('fails when its key is imported by an alias', () => {
    const newSecret = (stack: Stack): ISecret =>
      Secret.fromSecretAttributes(stack, 'Secret', { secretCompleteArn: `${ARN}-AbCdEf`, encryptionKey: Alias.fromAliasName(stack, 'Key', 'alias/client') });

    expect(faultsIn(ENV, newSecret)).toEqual([
      "the encryptionKey of the credentials' secret must be a key, got alias/client, which permissions cannot name: import the key by Key.fromKeyArn or Key.fromLookup",
    ]);
  });
});
