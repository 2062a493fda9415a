import { accessTokens, type SecretCredentials } from '../../../lambda/adapters/access-token.ts';
import { AccessTokenError, tokenSource, type TokenSource } from '../../../lambda/adapters/token-source.ts';
import { HttpServer } from './http-server.ts';

const SECRET = 'nobody-may-see-this';
const SECRET_ARN = 'arn:aws:secretsmanager:eu-central-1:111122223333:secret:nakadi';

let server: HttpServer;
let now: number;
let secret: string | undefined;
let reads: string[];

beforeEach(async () => {
  server = await new HttpServer().start();
  [now, secret, reads] = [1_000_000, '', []];
});
afterEach(() => server.stop());

const tokens = (credentials: SecretCredentials): TokenSource => accessTokens(credentials, () => now, (arn) => Promise.resolve((reads.push(arn), secret)));

async function failure(source: TokenSource): Promise<string> {
  const error = await source.get().then(() => undefined, (thrown: unknown) => thrown as Error);
  expect(error).toBeInstanceOf(AccessTokenError);
  expect(`${error?.message} ${error?.stack} ${String(error?.cause)}`).not.toContain(SECRET);
  return error!.message;
}

test('without credentials there is no token', async () => {
  expect(await (await tokenSource({ type: 'none' }, () => now)).get()).toBeUndefined();
});

describe('Secrets Manager', () => {
  const ENVIRONMENT = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' };
  const before = { ...process.env };
  afterEach(() => {
    process.env = { ...before };
  });

  test('is asked for the secret', async () => {
    Object.assign(process.env, ENVIRONMENT, { AWS_ENDPOINT_URL_SECRETS_MANAGER: server.url });
    server.answer = (response) => response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' }).end('{"SecretString":"abc"}');
    expect(await (await tokenSource({ type: 'bearer-token', secretArn: SECRET_ARN }, () => now)).get()).toBe('abc');
    expect(server.requests).toMatchObject([{ headers: { 'x-amz-target': 'secretsmanager.GetSecretValue' }, body: JSON.stringify({ SecretId: SECRET_ARN }) }]);
  });
});

describe('a bearer token', () => {
  const bearer = { type: 'bearer-token', secretArn: SECRET_ARN } as const;

  test('is the secret, without the white space around it', async () => {
    secret = 'abc\n';
    expect(await tokens(bearer).get()).toBe('abc');
    expect(reads).toEqual([SECRET_ARN]);
  });

  test('is a field of the secret', async () => {
    secret = '{"token":"abc"}';
    expect(await tokens({ ...bearer, field: 'token' }).get()).toBe('abc');
  });

  test('is kept for five minutes, so that a new one is used soon', async () => {
    const source = tokens(bearer);
    secret = 'old';
    await source.get();
    secret = 'new';
    now += 299_999;
    expect(await source.get()).toBe('old');
    now += 1;
    expect(await source.get()).toBe('new');
    expect(reads).toHaveLength(2);
  });

  test('is read again when it was refused', async () => {
    const source = tokens(bearer);
    secret = 'old';
    await source.get();
    secret = 'new';
    source.forget();
    expect(await source.get()).toBe('new');
  });

  test('may have blanks around it, in a field too', async () => {
    secret = ' token\n';
    expect(await tokens(bearer).get()).toBe('token');
    secret = JSON.stringify({ token: 'token\n' });
    expect(await tokens({ ...bearer, field: 'token' }).get()).toBe('token');
  });

  test.each([['is blank', ' \n'], ['has two lines', `${SECRET}\n${SECRET}`], ['has a character that no header has', `${SECRET}€`]])(
    'fails when the secret %s, and is read again when it is mended',
    async (_, text) => {
      const source = tokens(bearer);
      secret = text;
      expect(await failure(source)).toBe('the token must be a text of printable ASCII characters, got an empty one or others');
      secret = 'mended';
      expect(await source.get()).toBe('mended');
    },
  );

  test('fails when the secret holds no text', async () => {
    secret = undefined;
    expect(await failure(tokens(bearer))).toBe('the credentials secret holds no text');
  });

  test.each([
    ['is no JSON', SECRET],
    ['is JSON of another kind', `"${SECRET}"`],
    ['is null', 'null'],
    ['lacks the field', `{"other":"${SECRET}"}`],
    ['has no text in it', `{"token":{"x":"${SECRET}"}}`],
    ['has an empty text in it', `{"token":"","x":"${SECRET}"}`],
  ])('fails when the secret %s', async (_, text) => {
    secret = text;
    expect(await failure(tokens({ ...bearer, field: 'token' }))).toBe('the credentials secret must be a JSON object with a text in its field "token"');
  });
});

describe('OAuth 2.0 client credentials', () => {
  const client = (scopes: string[] = []): TokenSource =>
    tokens({ type: 'oauth2-client-credentials', secretArn: SECRET_ARN, tokenEndpoint: `${server.url}/token`, scopes });

  beforeEach(() => {
    secret = JSON.stringify({ client_id: 'my app', client_secret: `${SECRET}:%` });
    server.answer = (response, number) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ access_token: `token ${number}`, expires_in: 3_600 }));
  });

  test('are exchanged for a token', async () => {
    expect(await client(['uid', 'nakadi.event_stream.write']).get()).toBe('token 0');
    const [{ method, path, headers, body }] = server.requests;
    expect([method, path, headers['content-type']]).toEqual(['POST', '/token', 'application/x-www-form-urlencoded;charset=UTF-8']);
    expect(Object.fromEntries(new URLSearchParams(body))).toEqual({ grant_type: 'client_credentials', scope: 'uid nakadi.event_stream.write' });
    expect(Buffer.from(headers.authorization!.replace('Basic ', ''), 'base64').toString()).toBe(`my+app:${SECRET}%3A%25`);
  });

  test('ask for no scope where none is given', async () => {
    await client().get();
    expect(server.requests[0].body).toBe('grant_type=client_credentials');
  });

  test.each([
    ['until shortly before it ends', ',"expires_in":3600', 3_570_000],
    ['for an hour at most', ',"expires_in":1e308', 3_600_000],
    ['a while though nobody says how long', '', 270_000],
  ])('give a token that is kept %s', async (_, expiry, keptMs) => {
    server.answer = (response, number) => response.end(`{"access_token":"token ${number}"${expiry}}`);
    const source = client();
    await source.get();
    now += keptMs - 1;
    expect(await source.get()).toBe('token 0');
    now += 1;
    expect(await source.get()).toBe('token 1');
  });

  test('fail when the token endpoint is no URL, and not before: a function that does not start could not even park', async () => {
    expect(await failure(tokens({ type: 'oauth2-client-credentials', secretArn: SECRET_ARN, tokenEndpoint: 'auth.example.org/token', scopes: [] }))).toBe('the token endpoint is no URL');
  });

  test('fail when the token endpoint breaks the connection', async () => {
    server.answer = (response) => response.destroy();
    expect(await failure(client())).toBe('the token endpoint did not answer: Error: ECONNRESET');
  });

  test('are asked for again after a failure', async () => {
    const source = client();
    server.answer = (response, number) => response.writeHead(number === 0 ? 503 : 200).end('{"access_token":"good"}');
    await failure(source);
    expect(await source.get()).toBe('good');
  });

  test.each(['client_id', 'client_secret'])('fail when the secret lacks %s', async (field) => {
    secret = JSON.stringify({ client_id: SECRET, client_secret: SECRET, [field]: undefined });
    expect(await failure(client())).toBe(`the credentials secret must be a JSON object with a text in its field "${field}"`);
  });
});
