import type { NakadiStandIn } from '../../../local/nakadi/nakadi-stand-in.ts';
import { orderEvent, ORDERS, publish, startWithOrders, stopAll } from './support.ts';

afterEach(stopAll);

const CLIENT = { id: 'relay', secret: 'a secret: 100%' };

async function ask(nakadi: NakadiStandIn, form: Record<string, string> = { grant_type: 'client_credentials' }, credentials = `${CLIENT.id}:${CLIENT.secret}`) {
  const response = await fetch(nakadi.tokenUrl, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(credentials).toString('base64')}` },
    body: new URLSearchParams(form),
  });
  return { status: response.status, headers: response.headers, json: (await response.json()) as Record<string, unknown> };
}

function publishWith(nakadi: NakadiStandIn, authorization?: string) {
  return publish(nakadi, [orderEvent(1)], { headers: authorization === undefined ? {} : { authorization } });
}

test('without tokens and clients, no token is needed, and any is taken', async () => {
  const nakadi = await startWithOrders();
  expect((await publishWith(nakadi)).status).toBe(200);
  expect((await publishWith(nakadi, 'Bearer anything')).status).toBe(200);
});

test.each([
  ['no token comes', undefined, 'a bearer token is needed'],
  ['the scheme is another', 'Basic Zm9v', 'a bearer token is needed'],
  ['the token is unknown', 'Bearer other', 'the token is not known'],
])('fails when %s', async (_, authorization, detail) => {
  const nakadi = await startWithOrders({}, { tokens: ['good'] });
  const answer = await publishWith(nakadi, authorization);
  expect(answer).toMatchObject({ status: 401, problem: { title: 'Unauthorized', detail } });
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  expect(nakadi.log(ORDERS)).toEqual([]);
});

test('a fixed token is taken until it expires or is revoked', async () => {
  const nakadi = await startWithOrders({}, { tokens: ['one', 'two'] });
  expect((await publishWith(nakadi, 'Bearer one')).status).toBe(200);
  nakadi.tokens.expire('one');
  expect((await publishWith(nakadi, 'Bearer one')).problem.detail).toBe('the token has expired');
  expect((await publishWith(nakadi, 'Bearer two')).status).toBe(200);
  nakadi.tokens.revoke();
  expect((await publishWith(nakadi, 'Bearer two')).problem.detail).toBe('the token is not known');
});

test('fails when event types are asked for without a token', async () => {
  const nakadi = await startWithOrders({}, { tokens: ['good'] });
  expect((await fetch(`${nakadi.url}/event-types`)).status).toBe(401);
});

describe('the token endpoint', () => {
  test('gives a client a token that is good for publishing', async () => {
    const nakadi = await startWithOrders({}, { clients: [CLIENT], tokenLifetimeSeconds: 60 });
    const { status, json, headers } = await ask(nakadi, { grant_type: 'client_credentials', scope: 'nakadi.event_stream.write' });
    expect(status).toBe(200);
    expect(json).toEqual({ access_token: expect.any(String) as string, token_type: 'Bearer', expires_in: 60, scope: 'nakadi.event_stream.write' });
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await publishWith(nakadi, `Bearer ${String(json.access_token)}`)).status).toBe(200);
  });

  test('gives a new token each time, and the old one stays good', async () => {
    const nakadi = await startWithOrders({}, { clients: [CLIENT] });
    const [first, second] = [await ask(nakadi), await ask(nakadi)].map(({ json }) => String(json.access_token));
    expect(first).not.toBe(second);
    expect((await publishWith(nakadi, `Bearer ${first}`)).status).toBe(200);
  });

  test('gives tokens that expire', async () => {
    const nakadi = await startWithOrders({}, { clients: [CLIENT], tokenLifetimeSeconds: 0.05 });
    const authorization = `Bearer ${String((await ask(nakadi)).json.access_token)}`;
    expect((await publishWith(nakadi, authorization)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 80));
    expect((await publishWith(nakadi, authorization)).problem.detail).toBe('the token has expired');
  });

  test('takes credentials that are form-encoded, as the standard wants', async () => {
    const nakadi = await startWithOrders({}, { clients: [CLIENT] });
    expect((await ask(nakadi, undefined, 'relay:a+secret%3A+100%25')).status).toBe(200);
  });

  test.each([
    ['the secret is wrong', { grant_type: 'client_credentials' }, 'relay:other', 401, 'invalid_client'],
    ['the client is unknown', { grant_type: 'client_credentials' }, `other:${CLIENT.secret}`, 401, 'invalid_client'],
    ['the grant type is another', { grant_type: 'password' }, undefined, 400, 'unsupported_grant_type'],
    ['the grant type is missing', { scope: 'x' }, undefined, 400, 'invalid_request'],
  ])('fails when %s', async (_, form, credentials, status, error) => {
    const nakadi = await startWithOrders({}, { clients: [CLIENT] });
    expect(await ask(nakadi, form as Record<string, string>, credentials)).toMatchObject({ status, json: { error } });
  });
});
