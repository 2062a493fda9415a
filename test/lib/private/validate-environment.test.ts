import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AttributePath, NakadiCredentials, RouteCondition, type NakadiDestination } from '../../../lib';
import { environmentFault } from '../../../lib/private/validate-environment';
import { DESTINATION, errorOf, newStack, outboxStack } from '../stacks';

const attributes = (count: number): AttributePath[] => Array.from({ length: count }, (_, index) => AttributePath.exact(`attribute-${String(index).padStart(3, '0')}`));

/** A destination without credentials that excludes so many attributes, or with credentials for so many scopes. */
const excluding = (count: number): NakadiDestination => ({ ...DESTINATION, excludeAttributes: attributes(count) });
const withScopes = (count: number): NakadiDestination => ({
  ...DESTINATION,
  credentials: NakadiCredentials.oauth2ClientCredentials({
    secret: new Secret(newStack(), 'Secret'),
    tokenEndpoint: 'https://id.example.org/token',
    scopes: attributes(count).map(({ _config }) => _config.path[0]),
  }),
});

/** The first count with a fault, and the fault. */
function firstFault(destination: (count: number) => NakadiDestination): { count: number; fault: string } {
  for (let count = 0; count < 1000; count += 1) {
    const fault = environmentFault({ destination: destination(count) });
    if (fault !== undefined) {
      return { count, fault };
    }
  }
  throw new Error('nothing is too large');
}

test.each([
  ['excluded attributes', excluding],
  ['scopes', withScopes],
])('fails when there are more %s than the environment of a function holds', (_, destination) => {
  const { count, fault } = firstFault(destination);

  expect(count).toBeGreaterThan(50);
  expect(fault).toMatch(/^destination, with its credentials, takes 31\d\d bytes of the functions' environment, and 3100 are free: use fewer routes or scopes, name fewer attributes, or say once in the destination what all routes say$/);
  expect(errorOf(() => outboxStack({ destination: destination(count) }))).toContain(fault);
});

test('fails when there are more routes than fit, and says how many do', () => {
  const kinds = (count: number): NakadiDestination => ({
    endpoint: DESTINATION.endpoint,
    excludeAttributes: [AttributePath.prefix('GSI')],
    routes: Array.from({ length: count }, (_, index) => ({ eventType: `order-store.kind-${index}-changed`, condition: RouteCondition.attributeEquals('type', `kind${index}`) })),
  });
  const { count, fault } = firstFault(kinds);

  expect(count - 1).toBeGreaterThanOrEqual(25);
  expect(fault).toContain(`, and 3100 are free; ${count - 1} of the ${count} routes fit: use fewer routes`);
  expect(environmentFault({ destination: kinds(40) })).toContain(`; ${count - 1} of the 40 routes fit`);
});

test('fails when the attributes and the scopes fit only each by itself', () => {
  const half = { ...excluding(Math.ceil(firstFault(excluding).count * 0.6)), credentials: withScopes(Math.ceil(firstFault(withScopes).count * 0.6)).credentials };

  expect(environmentFault({ destination: { ...half, credentials: undefined } })).toBeUndefined();
  expect(environmentFault({ destination: { ...half, excludeAttributes: undefined } })).toBeUndefined();
  expect(environmentFault({ destination: half })).toContain('bytes');
});

test('what is still to be looked up is not measured: it may be shorter than what stands for it', () => {
  const routes = (prefix: string): NakadiDestination => ({
    endpoint: DESTINATION.endpoint,
    routes: Array.from({ length: 60 }, (_, index) => ({ eventType: `${prefix}-${index}`, condition: RouteCondition.attributeEquals('type', String(index)) })),
  });

  expect(environmentFault({ destination: routes('order-store.order-changed') })).toContain('routes fit');
  expect(environmentFault({ destination: routes('dummy-value-for-/orders/event-type') })).toBeUndefined();
});

test('what passes fits with the longest names that a table and a queue may have', () => {
  const { stack } = outboxStack({ destination: excluding(firstFault(excluding).count - 1) });

  for (const { Properties } of Object.values(Template.fromStack(stack).findResources('AWS::Lambda::Function'))) {
    const variables = Object.entries(Properties.Environment.Variables as Record<string, unknown>);
    const queueUrl = `https://sqs.ap-southeast-1.amazonaws.com/123456789012/${'q'.repeat(80)}`;
    const deployed = variables.map(([name, value]) => [name, typeof value === 'string' ? value : name.endsWith('URL') ? queueUrl : 't'.repeat(255)]);
    expect(Buffer.byteLength(JSON.stringify(Object.fromEntries(deployed)))).toBeLessThan(4096);
  }
});
