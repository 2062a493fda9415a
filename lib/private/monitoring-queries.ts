import { Names } from 'aws-cdk-lib';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { LOG_EVENTS } from './handler-contract';

/** A query of CloudWatch Logs Insights: what it shows, and its lines. */
export interface LogQuery {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * Questions to the logs of the relay and of the requeue.
 *
 * Lambda's JSON log format writes what the functions log below `message`, and its own reports below `record`.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/nodejs-logging.html
 */
export const LOG_QUERIES = {
  relayReasons: {
    title: 'why changes are held or parked',
    lines: [
      `filter message.event = '${LOG_EVENTS.relayBatch}' and message.parked + message.held > 0`,
      'fields jsonParse(@message) as line',
      'unnest line.message.reasons into reason',
      'stats count(*) as batches, max(@timestamp) as latest by reason',
      'sort batches desc',
    ],
  },
  requeueReasons: {
    title: 'why parked events still wait',
    lines: [
      `filter message.event = '${LOG_EVENTS.requeueRun}' and ispresent(message.parked.reasons.0)`,
      'fields jsonParse(@message) as line',
      'unnest line.message.parked.reasons into reason',
      'stats count(*) as runs, max(@timestamp) as latest by reason',
      'sort runs desc',
    ],
  },
  // By itself: a run that Nakadi was away from may have no reasons, and nothing is left of a line whose list is empty.
  awayRuns: {
    title: 'why runs of the requeue end early',
    lines: [
      `filter message.event = '${LOG_EVENTS.requeueRun}' and ispresent(message.parked.away)`,
      'fields message.parked.away as reason',
      'stats count(*) as runs, max(@timestamp) as latest by reason',
      'sort runs desc',
    ],
  },
  troubledBatches: {
    title: 'batches with held or parked records',
    lines: [
      'fields @timestamp, message.records, message.accepted, message.parked, message.held, message.reasons.0, @logStream',
      `filter message.event = '${LOG_EVENTS.relayBatch}' and message.parked + message.held > 0`,
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  requeueRuns: {
    title: 'runs of the requeue',
    lines: [
      'fields @timestamp, message.parked.published, message.parked.closed, message.parked.refused, message.parked.away, message.backlog.items,' +
        ' message.deadLetters.read, message.deadLetters.trimmed, message.deadLetters.malformed, message.deadLetters.failed, message.deadLetters.errors.0',
      `filter message.event = '${LOG_EVENTS.requeueRun}'`,
      'sort @timestamp desc',
      'limit 200',
    ],
  },
  failures: {
    title: 'failed invocations',
    lines: [
      'fields @timestamp, @log, level, message.errorType, message.errorMessage, record.status, coalesce(requestId, record.requestId) as request',
      "filter level = 'ERROR' or (type = 'platform.report' and record.status != 'success')",
      'sort @timestamp desc',
      'limit 200',
    ],
  },
} as const satisfies Record<string, LogQuery>;

/** The query as text. */
export function queryText({ lines }: LogQuery): string {
  return lines.join('\n| ');
}

/** Saves all queries in the account, in a folder of their own. */
export function saveQueries(scope: Construct, logGroups: logs.ILogGroup[]): void {
  // A saved query must have a name. The folder's is made of the construct's path, so that two outboxes do not share one.
  const folder = Names.uniqueResourceName(scope, { maxLength: 200, separator: '-' });
  for (const [id, query] of Object.entries(LOG_QUERIES)) {
    new logs.CfnQueryDefinition(scope, `${id[0].toUpperCase()}${id.slice(1)}Query`, {
      name: `${folder}/${query.title}`,
      queryString: queryText(query),
      logGroupNames: logGroups.map((logGroup) => logGroup.logGroupName),
    });
  }
}
