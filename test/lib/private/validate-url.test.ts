import { Token } from 'aws-cdk-lib';
import { endpointFault, urlFault } from '../../../lib/private/validate-url';

const TOKEN = Token.asString({ Ref: 'Parameter' });

test.each([
  'https://nakadi.example.org',
  'https://nakadi.example.org/',
  'https://nakadi.example.org:8443/api/v1',
  'https://nakadi.example.org/@api',
  'https://10.0.0.1:443',
  'https://[2001:db8::1]:8443/api',
])('%s passes', (value) => {
  expect(urlFault('endpoint', value, 'Nakadi')).toBeUndefined();
});

test.each([
  TOKEN,
  `https://${TOKEN}`,
  `https://nakadi.${TOKEN}:8443/api`,
  `https://nakadi.example.org:${TOKEN}/api`,
  `https://nakadi.example.org/${TOKEN}/api`,
  `https://${TOKEN}.${TOKEN}`,
  `${TOKEN}://nakadi.example.org`,
  `${TOKEN}/api`,
  `http${TOKEN}`,
  // What StringParameter.valueFromLookup gives until the command line has looked the parameter up.
  'dummy-value-for-/nakadi/endpoint',
  'dummy-value-for-/nakadi/host/api',
  'https://nakadi.example.org:dummy-value-for-/nakadi/port/api',
])('%j passes, because what is not known may be right', (value) => {
  expect(urlFault('endpoint', value, 'Nakadi')).toBeUndefined();
});

test.each([
  'http://nakadi.example.org',
  'nakadi.example.org',
  'https://',
  'https://nakadi.example.org?x=1',
  ' https://nakadi.example.org',
  'HTTPS://nakadi.example.org',
  'https://nakadi:abc',
  'https://nakadi:8443:8443',
  'https://nakadi:65536',
  'https://nakadi:80 80',
  'https://[::1',
  `http://${TOKEN}`,
  `http://nakadi.${TOKEN}/api`,
  ` https://${TOKEN}`,
  `nakadi.${TOKEN}`,
  `https://${TOKEN}:abc`,
  `https://${TOKEN}?x=1`,
  `https://nakadi.example.org/a b/${TOKEN}`,
])('fails when the URL is %j', (value) => {
  expect(urlFault('endpoint', value, 'Nakadi')).toBe(`endpoint must be a URL that starts with https:// and has no query, got ${JSON.stringify(value)}: give the URL of Nakadi`);
});

test.each<[unknown, string]>([
  [undefined, 'undefined'],
  [null, 'null'],
  [42, '42'],
  [{ stringValue: 'https://nakadi.example.org' }, 'an object'],
])('fails when the URL is %j, which compilers refuse', (value, given) => {
  expect(urlFault('endpoint', value, 'Nakadi')).toBe(`endpoint must be a URL that starts with https:// and has no query, got ${given}: give the URL of Nakadi`);
});

test.each([
  'https://user:secret@nakadi.example.org',
  'https://secret@nakadi.example.org/api',
  'http://user:secret@nakadi.example.org',
  `https://user:secret@${TOKEN}`,
  'https://user:secret@dummy-value-for-/nakadi/host',
  `https://${TOKEN}@nakadi.example.org`,
])('fails when the URL holds credentials, and does not repeat them: %j', (value) => {
  expect(urlFault('endpoint', value, 'Nakadi')).toBe(
    'endpoint must hold no user and no password, which would stand in the template: leave them out, and use destination.credentials',
  );
});

test.each([
  'https://nakadi.example.org/api/',
  'https://event-types.example.org',
  'https://event-types',
  'https://nakadi.example.org/my-event-types/v1',
  'https://nakadi.example.org/event-types-api',
  TOKEN,
  `${TOKEN}/api`,
  'dummy-value-for-/nakadi/event-types/orders',
])('%j is a base URL, or may be one', (value) => {
  expect(endpointFault('endpoint', value)).toBeUndefined();
});

test.each([
  'https://nakadi.example.org/event-types',
  'https://nakadi.example.org/event-types/',
  'https://nakadi.example.org/event-types/order-store.order-changed/events',
  'https://nakadi.example.org:8443/api/v1/event-types/orders',
  'https://nakadi.example.org//event-types',
  `https://${TOKEN}/event-types/orders/events`,
  `${TOKEN}/event-types/orders`,
  `https://nakadi.example.org/event-types/${TOKEN}/events`,
])('fails when the endpoint is that of an event type: %j', (value) => {
  expect(endpointFault('endpoint', value)).toBe(`endpoint must be the base URL of Nakadi, got ${JSON.stringify(value)}: leave out /event-types/…, which the relay adds`);
});

test('fails when the endpoint is no URL', () => {
  expect(endpointFault('endpoint', 'nakadi/event-types')).toBe('endpoint must be a URL that starts with https:// and has no query, got "nakadi/event-types": give the URL of Nakadi');
});
