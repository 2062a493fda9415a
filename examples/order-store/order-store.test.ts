import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { OrderStore } from './order-store.ts';

// The hash of a function's code changes with every release of the library; the rest of the template must not.
expect.addSnapshotSerializer({
  test: (value) => typeof value === 'string' && /^[0-9a-f]{64}\.zip$/.test(value),
  serialize: () => '"[code].zip"',
});

test('the stack deploys what it did before', () => {
  const template = Template.fromStack(new OrderStore(new App(), 'OrderStore'));

  expect(template.toJSON()).toMatchSnapshot();
});
