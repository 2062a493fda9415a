import { App } from 'aws-cdk-lib';
import { goldenTemplate } from '../golden-template.ts';
import { VpcAndKeys } from './vpc-and-keys.ts';

test('the stack deploys what it did before', () => {
  expect(goldenTemplate(new VpcAndKeys(new App(), 'VpcAndKeys', { env: { account: '123456789012', region: 'eu-central-1' } }))).toMatchSnapshot();
});
