import { REASONS } from './reasons.ts';

const COMMON = `  --table NAME      the parked-events table: the stack's resource \`…ParkedEvents…\`
  --region REGION   where it is (default: AWS_REGION, or the profile's)
  --endpoint URL    another DynamoDB, for instance DynamoDB Local
  --help            print this

Credentials are those of the AWS SDK: AWS_PROFILE, AWS_ACCESS_KEY_ID, single sign-on, a role.`;

const ITEM = `  --item KEY        the item: its key as JSON, '{"orderId":"A-1"}' or '{"orderId":{"S":"A-1"}}', or its id as \`list\` shows it`;

const REASON_LIST = Object.entries(REASONS)
  .map(([reason, meaning]) => `  ${reason.padEnd(10)}${meaning}`)
  .join('\n');

/** Names of the subcommands of `parked`. */
export type ParkedCommandName = 'list' | 'show' | 'retry' | 'skip';

/** What `--help` prints. */
export const HELP: Readonly<Record<ParkedCommandName | 'event' | 'all', string>> = {
  all: `cdk-outbox-table COMMAND [OPTION]...

Shows and moves what waits in an outbox's table of parked events, and shows what events look like.

  parked list       the items that wait, and why
  parked show       one item with all of its records
  parked retry      make items due now
  parked skip       give up the oldest record of an item, for good
  event             the event that a stream record becomes, or a proposal for its event type's JSON schema

\`cdk-outbox-table COMMAND --help\` lists the options.
Exits with 0 when it did what it was asked to, with 1 when nothing matched or nothing was changed, with 2 when it could not be done.
`,
  list: `cdk-outbox-table parked list --table NAME [OPTION]...

Prints the items that wait, longest due first: key, id, reason of the oldest record, since when it waits, attempts, when the item is due, and what
was said when it was refused. An item that the requeue puts off meanwhile may be printed twice.

${ITEM}
  --reason REASON   only items whose oldest record waits for this reason
  --limit N         no more than N items
  --json            one JSON object a line, and nothing else on standard output
${COMMON}

${REASON_LIST}

Exits with 1 when no item was printed.
`,
  show: `cdk-outbox-table parked show --table NAME --item KEY [OPTION]...

Prints what is known of an item: how far it is published, each record that waits, and each that was skipped.

${ITEM}
  --records         print the stream records, too: they hold the item's data
${COMMON}
`,
  retry: `cdk-outbox-table parked retry --table NAME (--item KEY | --reason REASON | --all) [OPTION]...

Makes items due now, as if they had never been refused: the next run of the requeue publishes them. Without it, a refused item is tried again after
a minute at first, and after an hour at last.

${ITEM}
  --reason REASON   items whose oldest record waits for this reason
  --all             all items that wait
${COMMON}

${REASON_LIST}
`,
  skip: `cdk-outbox-table parked skip --table NAME --item KEY --because TEXT [OPTION]...

Gives up the oldest record of an item: its event is never published, and the item's later records go on. The record is kept in the table, with who
skipped it, when and why.

${ITEM}
  --because TEXT    why, for those who look later (up to 1000 characters)
  --by NAME         who (default: the user of this machine)
  --sequence N      only if the oldest record has this sequence number
  --all-records     give up all records that the item has now, one after the other
  --yes             do not ask
${COMMON}
`,
  event: `cdk-outbox-table event FILE [OPTION]...

Prints the events of the DynamoDB stream records in FILE as the relay would send them, and on the error output whether they keep the limits.
What mappings write to the console goes to the error output.
FILE holds a record, a list of them, a function's event with Records, or a record a line. It calls nobody, and needs Node 22 or newer.

  --template FILE   the outbox of this template, with its routes and mappings: a .template.json in the folder where cdk synth wrote it, of a
                    stage too (default: an outbox that says nothing but its event type)
  --outbox ID       which outbox, where the template has several: the beginning of its logical ids
  --schema          propose the event type's JSON schema from these records, in place of printing their events; several event types: an object
                    with the schema of each
  --help            print this

Exits with 0 when each record is published or left out, with 1 when one would be parked, is none that a stream sends, or has
another key than the template's table (the others are shown all the same), with 2 when it could not be done.
`,
};
