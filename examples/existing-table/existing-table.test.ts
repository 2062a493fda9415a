import { App } from 'aws-cdk-lib';
import { goldenTemplate } from '../golden-template.ts';
import { ExistingTable } from './existing-table.ts';

test('the stack deploys what it did before', () => {
  expect(goldenTemplate(new ExistingTable(new App(), 'ExistingTable', { env: { account: '123456789012', region: 'eu-central-1' } }))).toMatchSnapshot();
});
