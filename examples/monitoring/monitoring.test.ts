import { App } from 'aws-cdk-lib';
import { goldenTemplate } from '../golden-template.ts';
import { Monitoring } from './monitoring.ts';

test('the stack deploys what it did before', () => {
  expect(goldenTemplate(new Monitoring(new App(), 'Monitoring'))).toMatchSnapshot();
});
