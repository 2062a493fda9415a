// npm run event: shows the event of a stream record as the relay would send it.
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ChangeEvent } from '../lambda/core/change-event.ts';
import { proposeEventSchema, type Sample } from './event/json-schema.ts';
import { defaultShape, shapeFromTemplate } from './event/outbox-config.ts';
import { recordEvents } from './event/record-events.ts';
import { readRecords } from './event/records-file.ts';

const HELP = `npm run event -- FILE [OPTION]...

Prints the events of the DynamoDB stream records in FILE as the relay would send them, and on the error output whether they keep the limits.
FILE holds a record, a list of them, a function's event with Records, or a record a line.

  --template FILE   the outbox of this template, with its routes and mappings: a .template.json in the folder where cdk synth wrote it, of a
                    stage too (default: an outbox that says nothing but its event type)
  --outbox ID       which outbox, where the template has several: the beginning of its logical ids
  --schema          propose the event type's JSON schema from these records, in place of printing their events; several event types: an object
                    with the schema of each
  --help            print this

Exits with 0 when each record is published or left out, with 1 when one would be parked or is none that a stream sends (the others are shown all
the same), and with 2 when options or files are wrong.
`;

/** Files are named from where npm was started. */
const fromHere = (file: string): string => path.resolve(process.env.INIT_CWD ?? process.cwd(), file);

function main(): number {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { template: { type: 'string' }, outbox: { type: 'string' }, schema: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) {
    console.log(HELP);
    return 0;
  }
  const [file, ...more] = positionals;
  if (file === undefined || more.length > 0) {
    throw new Error(`one FILE with stream records must be named, got ${String(positionals.length)}: npm run event -- --help tells more`);
  }
  if (values.outbox !== undefined && values.template === undefined) {
    throw new Error('--outbox chooses among the outboxes of a template: name the template with --template');
  }
  const records = readRecords(fromHere(file));
  const shape = values.template === undefined ? defaultShape() : shapeFromTemplate(fromHere(values.template), values.outbox);
  const samples: (Sample & { readonly eventType: string })[] = [];
  let faults = 0;
  for (const [index, raw] of records.entries()) {
    const note = (text: string): void => {
      console.error(`record ${String(index + 1)}: ${text}`);
    };
    const result = recordEvents(raw, shape);
    if (result.type === 'fault') {
      faults++;
      note(result.detail);
    } else if (result.type === 'nothing') {
      note('nothing is published of it');
    } else if (values.schema === true) {
      // Nakadi validates no tombstone.
      const events = result.events.filter(({ tombstone }) => !tombstone);
      samples.push(...events.map((event) => ({ eventType: event.eventType, data: dataText(event), route: result.route })));
    } else {
      for (const event of result.events) {
        if (!event.tombstone) {
          console.log(indented(event));
        }
        note(limits(event, shape.maxEventBytes));
      }
      if (result.madeUp.length > 0) {
        note(`${result.madeUp.join(' and ')} made up here: the record does not have what the relay makes ${result.madeUp.length > 1 ? 'them' : 'it'} of`);
      }
    }
  }
  if (values.schema === true) {
    const schemas = [...Map.groupBy(samples, ({ eventType }) => eventType)].map(([eventType, its]) => [eventType, proposeEventSchema(its)] as const);
    console.log(JSON.stringify(schemas.length === 1 ? schemas[0][1] : Object.fromEntries(schemas), undefined, 2));
  }
  return faults === 0 ? 0 : 1;
}

/** The event with indentation, and with every digit of its numbers. */
function indented({ json }: ChangeEvent): string {
  const exact = (_name: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined ? JSON.rawJSON(context.source) : value;
  return JSON.stringify(JSON.parse(json, exact as (name: string, value: unknown) => unknown), undefined, 2);
}

/** The data of an event as it stands in its text: last, behind the operation. */
function dataText({ json }: ChangeEvent): string {
  return json.slice(json.indexOf('"data":', json.indexOf('"data_op":')) + '"data":'.length, -1);
}

function limits(event: ChangeEvent, maxEventBytes: number): string {
  const what = event.tombstone ? 'a tombstone' : 'an event';
  const patch = event.patchLeftOut && !event.tombstone ? '; its patch is left out, because it would be larger with it' : '';
  return `${what} of ${event.eventType}, ${String(event.bytes)} of ${String(maxEventBytes)} bytes${patch}`;
}

try {
  process.exitCode = main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
