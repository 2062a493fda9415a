import { App } from 'aws-cdk-lib';
import { goldenTemplate } from '../golden-template.ts';
import { OrderStore } from './order-store.ts';

test('the stack deploys what it did before', () => {
  expect(goldenTemplate(new OrderStore(new App(), 'OrderStore'))).toMatchSnapshot();
});
