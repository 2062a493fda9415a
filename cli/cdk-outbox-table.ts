#!/usr/bin/env node
// The package's command: for operators what is parked, for whoever designs an event type what events look like.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { parkedEventsOperator } from '../lambda/adapters/parked-events-operator.ts';
import { skippedEvents } from '../lambda/adapters/skipped-events.ts';
import type { TableAccess } from './command-line.ts';
import { runCommand, type ParkedEventsAccess } from './run-command.ts';
import { processTerminal } from './terminal.ts';

/** A long list meets throttling sooner or later. */
const MAX_ATTEMPTS = 8;

/** An endpoint that takes connections and says nothing must not keep a person waiting: the SDK itself would wait for ever. In milliseconds. */
const PATIENCE = { connectionTimeout: 5_000, requestTimeout: 10_000, socketTimeout: 10_000, throwOnRequestTimeout: true };

function connect({ table, region, endpoint }: TableAccess): ParkedEventsAccess {
  const documents = DynamoDBDocumentClient.from(new DynamoDBClient({ region, endpoint, maxAttempts: MAX_ATTEMPTS, requestHandler: PATIENCE }));
  return { events: parkedEventsOperator(documents, table, Date.now), skipped: skippedEvents(documents, table, Date.now) };
}

// The SDK would warn of the Node that runs it; but it is bundled, and asks for no newer one.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

// Whoever reads only the beginning of a list has what they wanted.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));

process.exitCode = await runCommand(process.argv.slice(2), connect, processTerminal);
