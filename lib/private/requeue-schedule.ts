import { Aws, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import type { OutboxRelayOptions } from '../outbox-relay-options';

/** A schedule with a role that may start this function and nothing else: the one that CDK would make may start its versions too. */
export function scheduleRequeue(scope: Construct, requeue: lambda.Function, { requeueEvery, enabled }: OutboxRelayOptions): void {
  const role = new iam.Role(scope, 'RequeueScheduleRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [requeue.functionArn] }));
  new scheduler.Schedule(scope, 'RequeueSchedule', {
    description: 'Starts the requeue of an outbox.',
    enabled: enabled ?? true,
    schedule: scheduler.ScheduleExpression.rate(requeueEvery ?? Duration.minutes(1)),
    target: {
      bind: () => ({
        arn: requeue.functionArn,
        role,
        // The next run comes soon anyway: a late one is worth nothing.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
      }),
    },
  });
  requeue.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.seconds(60) });
}
