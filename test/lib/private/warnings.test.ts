import { Annotations as CdkAnnotations, Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { CleanupPolicy, RouteCondition, type OutboxTableProps } from '../../../lib';
import { outboxStack } from '../stacks';

const compactedBy = (condition: RouteCondition): Partial<OutboxTableProps> => ({
  destination: { endpoint: 'https://nakadi.example.org', cleanupPolicy: CleanupPolicy.COMPACT, routes: [{ eventType: 'orders', condition }] },
});

test.each<[string, Partial<OutboxTableProps>]>([
  ['the defaults', {}],
  ['a compacted event type that is chosen by the key', compactedBy(RouteCondition.keyStartsWith('orderId', 'A'))],
  ['a request time-out that is as long as that of Nakadi', { requestTimeout: Duration.seconds(35) }],
])('%s need no warning', (_, props) => {
  Annotations.fromStack(outboxStack(props).stack).hasNoWarning('*', Match.anyValue());
});

test.each<[string, Partial<OutboxTableProps>, string]>([
  ['publishing is off', { enabled: false }, 'enabled is false, .* older than 24 hours .* lost \\[ack: cdk-outbox-table:paused\\]'],
  [
    'a changing attribute chooses a compacted event type',
    compactedBy(RouteCondition.attributeEquals('type', 'order')),
    'the route to the compacted event type orders is chosen by the attribute type: .* \\[ack: cdk-outbox-table:compactedRouteByAttribute\\]',
  ],
  [
    'requests end before Nakadi answers',
    { requestTimeout: Duration.seconds(34) },
    'requestTimeout of 34 seconds is shorter than the 35 seconds .* duplicates.* \\[ack: cdk-outbox-table:shortRequestTimeout\\]',
  ],
])('warns when %s', (_, props, warning) => {
  const { stack } = outboxStack(props);

  Annotations.fromStack(stack).hasWarning('/Stack/Orders/Relay', Match.stringLikeRegexp(warning));
});

test('a warning that a team knows of is not shown', () => {
  const { stack, outbox } = outboxStack({ enabled: false });
  CdkAnnotations.of(outbox.relay).acknowledgeWarning('cdk-outbox-table:paused', 'a migration');

  Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
});
