import { Aws, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as scheduler from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';

/** When the requeue starts. */
export interface RequeueTimes {
  readonly requeueEvery: Duration;
  readonly enabled: boolean;
}

/** A schedule with a role that may start this function and nothing else: the one that CDK would make may start its versions too. */
export function scheduleRequeue(scope: Construct, requeue: lambda.Function, { requeueEvery, enabled }: RequeueTimes): void {
  const role = new iam.Role(scope, 'RequeueScheduleRole', {
    assumedBy: new iam.ServicePrincipal('scheduler.amazonaws.com', {
      conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
    }),
  });
  role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [requeue.functionArn] }));
  new scheduler.Schedule(scope, 'RequeueSchedule', {
    description: 'Starts the requeue of an outbox.',
    enabled,
    schedule: scheduler.ScheduleExpression.rate(requeueEvery),
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
