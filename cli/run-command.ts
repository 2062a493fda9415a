import type { ParkedEventsOperator } from '../lambda/adapters/parked-events-operator.ts';
import type { SkippedEvents } from '../lambda/adapters/skipped-events.ts';
import { describeAwsFailure } from './aws-failure.ts';
import { readCommandLine, type Command, type TableAccess } from './command-line.ts';
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
 * @returns exit code: 0 done, 1 nothing matched or nothing was changed, 2 it could not be done
 */
export async function runCommand(argv: readonly string[], connect: (access: TableAccess) => ParkedEventsAccess, terminal: Terminal): Promise<number> {
  let command: Command | undefined;
  try {
    command = readCommandLine(argv);
    if (command.type === 'help') {
      await terminal.print(command.text.trimEnd());
      return 0;
    }
    return await run(command, connect(command), terminal);
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.note(`${error.message}${command === undefined ? '; --help lists what can be given' : ''}`);
    } else {
      const failure = command === undefined || command.type === 'help' ? undefined : describeAwsFailure(error, command);
      terminal.note(failure ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
    }
    return 2;
  }
}

function run(command: Exclude<Command, { type: 'help' }>, { events, skipped }: ParkedEventsAccess, terminal: Terminal): Promise<number> {
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
