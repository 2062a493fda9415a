import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { outboxStack } from '../stacks';

test('the requeue starts every minute, and a late start is dropped', () => {
  const { stack, outbox } = outboxStack();

  const template = Template.fromStack(stack);
  template.hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(1 minute)',
    State: 'ENABLED',
    Target: { Arn: stack.resolve(outbox.relay.requeueFunction.functionArn), RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 } },
  });
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
});

test('the requeue starts as often as it is told to', () => {
  Template.fromStack(outboxStack({ requeueEvery: Duration.minutes(10) }).stack).hasResourceProperties('AWS::Scheduler::Schedule', {
    ScheduleExpression: 'rate(10 minutes)',
  });
});

test('only the scheduler of this account takes the role', () => {
  Template.fromStack(outboxStack().stack).hasResourceProperties('AWS::IAM::Role', {
    AssumeRolePolicyDocument: Match.objectLike({
      Statement: [
        Match.objectLike({ Principal: { Service: 'scheduler.amazonaws.com' }, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } }),
      ],
    }),
  });
});

test('while publishing is off, neither the schedule starts the requeue nor the stream the relay', () => {
  const template = Template.fromStack(outboxStack({ enabled: false }).stack);

  template.hasResourceProperties('AWS::Scheduler::Schedule', { State: 'DISABLED' });
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { Enabled: false });
});
