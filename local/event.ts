// npm run event: shows the event of a stream record as the relay would send it.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { assembleEvents, type ChangeEvent } from '../lambda/core/change-event.ts';
import type { EventShape } from '../lambda/core/event-route.ts';
import { readStreamRecord, type RawStreamRecord } from '../lambda/core/stream-record.ts';
import { proposeEventSchema } from './event/json-schema.ts';
import { defaultShape, shapeFromTemplate } from './event/outbox-config.ts';
import { readRecords } from './event/records-file.ts';

const HELP = `npm run event -- FILE [OPTION]...

Prints the events of the DynamoDB stream records in FILE as the relay would send them, and whether they keep the limits. FILE holds a record,
a list of them, a function's event with Records, or a record a line.

  --template FILE   the outbox of this template, as cdk synth wrote it (default: an outbox that says nothing but its event type)
  --outbox ID       which one, where the template has several: the beginning of its logical ids
  --schema          propose the event type's JSON schema from these records, in place of printing their events; several event types: an object
                    with the schema of each
  --help            print this

Exits with 1 when a record would be parked, with 2 when the files cannot be read.
`;

/** Files are named from where npm was started. */
const fromHere = (file: string): string => path.resolve(process.env.INIT_CWD ?? process.cwd(), file);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { template: { type: 'string' }, outbox: { type: 'string' }, schema: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  const [file, ...more] = positionals;
  if (values.help === true || file === undefined || more.length > 0) {
    console.log(HELP);
    return values.help === true ? 0 : 2;
  }
  const shape = values.template === undefined ? defaultShape() : await shapeFromTemplate(fromHere(values.template), values.outbox);
  const samples = new Map<string, string[]>();
  let parked = 0;
  for (const [index, raw] of readRecords(fromHere(file)).entries()) {
    const { events, note } = show(raw, shape);
    parked += note === undefined ? 0 : 1;
    if (note !== undefined) {
      console.error(`record ${String(index + 1)}: ${note}`);
    }
    for (const event of events) {
      if (event.tombstone) {
        console.error(limits(event, index + 1, shape));
      } else if (values.schema === true) {
        samples.set(event.eventType, [...(samples.get(event.eventType) ?? []), dataText(event)]);
      } else {
        console.log(indented(event));
        console.error(limits(event, index + 1, shape));
      }
    }
    if (events.length === 0 && note === undefined) {
      console.error(`record ${String(index + 1)}: nothing is published of it`);
    }
  }
  if (values.schema === true) {
    const schemas = [...samples].map(([eventType, texts]) => {
      const route = shape.routes.find((each) => each.eventType === eventType) as EventShape['routes'][number];
      return [eventType, proposeEventSchema(texts, route)] as const;
    });
    console.log(JSON.stringify(schemas.length === 1 ? schemas[0][1] : Object.fromEntries(schemas), undefined, 2));
  }
  return parked === 0 ? 0 : 1;
}

/** The events of a record, or why it would be parked. */
function show(raw: RawStreamRecord, shape: EventShape): { readonly events: readonly ChangeEvent[]; readonly note?: string } {
  // A record that was copied by hand may lack what only placing it needs.
  const { eventSourceARN = 'arn:aws:dynamodb:region:account:table/table/stream/label', dynamodb } = raw;
  const record = readStreamRecord({ ...raw, eventSourceARN, dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 0, ...dynamodb } });
  const assembly = assembleEvents(record, shape);
  if (assembly.type === 'invalid') {
    return { events: [], note: `would be parked: ${assembly.detail}` };
  }
  return { events: assembly.type === 'events' ? assembly.events : [] };
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

function limits(event: ChangeEvent, number: number, { maxEventBytes }: EventShape): string {
  const what = event.tombstone ? 'a tombstone' : 'an event';
  const patch = event.patchLeftOut ? '; its patch is left out, because it would be larger with it' : '';
  return `record ${String(number)}: ${what} of ${event.eventType}, ${String(event.bytes)} of ${String(maxEventBytes)} bytes${patch}`;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 2;
}
