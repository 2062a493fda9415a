import { App } from 'aws-cdk-lib';
import { goldenTemplate } from '../golden-template.ts';
import { SingleTableRoutes } from './single-table-routes.ts';

test('the stack deploys what it did before', () => {
  expect(goldenTemplate(new SingleTableRoutes(new App(), 'SingleTableRoutes'))).toMatchSnapshot();
});
