import { App } from 'aws-cdk-lib';
import { goldenTemplate } from '../golden-template.ts';
import { CompactedEventType } from './compacted-event-type.ts';

test('the stack deploys what it did before', () => {
  expect(goldenTemplate(new CompactedEventType(new App(), 'CompactedEventType'))).toMatchSnapshot();
});
