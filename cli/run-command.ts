import type { ParkedEventsOperator } from '../lambda/adapters/parked-events-operator.ts';
import type { SkippedEvents } from '../lambda/adapters/skipped-events.ts';
import { describeAwsFailure } from './aws-failure.ts';
import { readCommandLine, type Command, type ParkedCommand, type TableAccess } from './command-line.ts';
import { showEvents } from './event/show-events.ts';
import { listParked } from './parked-list.ts';
import { retryParked } from './parked-retry.ts';
import { showParked } from './parked-show.ts';
import { skipParked } from './parked-skip.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';

/** The table, as the commands use it. */
export interface ParkedEventsAccess {
  readonly events: ParkedEventsOperator;
  readonly skipped: SkippedEvents;
}

/**
 * Does what the command line says.
 *
 * @returns exit code: 0 done, 1 nothing matched, nothing was changed or a record has no event, 2 it could not be done
 */
export async function runCommand(argv: readonly string[], connect: (access: TableAccess) => ParkedEventsAccess, terminal: Terminal): Promise<number> {
  let command: Command | undefined;
  try {
    command = readCommandLine(argv);
    switch (command.type) {
      case 'help':
        await terminal.print(command.text.trimEnd());
        return 0;
      case 'event':
        return await showEvents(command, terminal);
      default:
        return await runParked(command, connect(command), terminal);
    }
  } catch (error) {
    terminal.note(describeFailure(error, command));
    return 2;
  }
}

function describeFailure(error: unknown, command: Command | undefined): string {
  if (error instanceof UsageError) {
    return `${error.message}${command === undefined ? '; --help lists what can be given' : ''}`;
  }
  const failure = command !== undefined && 'table' in command ? describeAwsFailure(error, command) : undefined;
  return failure ?? (error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function runParked(command: ParkedCommand, { events, skipped }: ParkedEventsAccess, terminal: Terminal): Promise<number> {
  switch (command.type) {
    case 'list':
      return listParked(events, command, terminal);
    case 'show':
      return showParked(events, skipped, command, terminal);
    case 'retry':
      return retryParked(events, command, terminal);
    case 'skip':
      return skipParked(events, skipped, command, terminal);
  }
}
