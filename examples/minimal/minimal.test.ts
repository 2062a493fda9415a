import { App } from 'aws-cdk-lib';
import { goldenTemplate } from '../golden-template.ts';
import { Minimal } from './minimal.ts';

test('the stack deploys what it did before', () => {
  expect(goldenTemplate(new Minimal(new App(), 'Minimal'))).toMatchSnapshot();
});
