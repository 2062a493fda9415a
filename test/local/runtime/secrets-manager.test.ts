import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { initialSecretString } from '../../../local/runtime/secret-string.ts';
import { Secrets } from '../../../local/runtime/secrets.ts';
import { SecretsManager } from '../../../local/runtime/secrets-manager.ts';

const ARN = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:team/nakadi-AbCdEf';
const secrets = new Secrets();
let service: SecretsManager;
let client: SecretsManagerClient;

beforeAll(async () => {
  service = await SecretsManager.start(secrets);
  client = new SecretsManagerClient({ endpoint: service.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  secrets.put(ARN, 'team/nakadi', 'first');
});
afterAll(async () => {
  client.destroy();
  await service.stop();
});

const read = async (SecretId: string, rest = {}): Promise<string | undefined> => (await client.send(new GetSecretValueCommand({ SecretId, ...rest }))).SecretString;

test.each([ARN, 'team/nakadi', ARN.slice(0, -7), 'arn:aws:secretsmanager:us-east-1:123456789012:secret:team/nakadi-AbCdEf'])('finds a secret by %s', async (id) => {
  expect(await read(id)).toBe('first');
});

test('answers as the SDK expects, and tells the new value after a change', async () => {
  const before = await client.send(new GetSecretValueCommand({ SecretId: 'team/nakadi' }));
  expect(before).toMatchObject({ ARN, Name: 'team/nakadi', VersionStages: ['AWSCURRENT'], CreatedDate: expect.any(Date) as Date });
  secrets.put(ARN, 'team/nakadi', 'second');
  expect(await read(ARN)).toBe('second');
  expect(await read(ARN, { VersionStage: 'AWSPREVIOUS' })).toBe('first');
  expect(await read(ARN, { VersionId: before.VersionId })).toBe('first');
  const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: ARN }));
  expect(Object.values(VersionIdsToStages)).toEqual([['AWSCURRENT'], ['AWSPREVIOUS']]);
});

test.each([['other'], [`${ARN}x`]])('fails when no secret has the id %s', async (id) => {
  await expect(read(id)).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('fails when the version does not exist', async () => {
  await expect(read(ARN, { VersionStage: 'MINE' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('fails when the action is another one', async () => {
  const response = await fetch(service.endpoint, { method: 'POST', headers: { 'x-amz-target': 'secretsmanager.PutSecretValue' }, body: '{}' });
  expect([response.status, await response.json()]).toEqual([400, expect.objectContaining({ __type: 'UnknownOperationException' })]);
});

describe('the first value', () => {
  test('is the template\'s own', () => { expect(initialSecretString({ SecretString: 'x' })).toBe('x'); });
  test('is generated: 32 characters by default', () => { expect(initialSecretString({})).toHaveLength(32); });
  test('leaves out what the template excludes', () => {
    const value = initialSecretString({ GenerateSecretString: { PasswordLength: 500, ExcludePunctuation: true, ExcludeUppercase: true, ExcludeCharacters: 'abc' } });
    expect(value).toMatch(/^[d-z0-9]{500}$/);
  });
  test('is put into the template\'s JSON', () => {
    const value = initialSecretString({ GenerateSecretString: { SecretStringTemplate: '{"user":"u"}', GenerateStringKey: 'password' } });
    expect(JSON.parse(value)).toEqual({ user: 'u', password: expect.stringMatching(/^.{32}$/) as string });
  });
});
