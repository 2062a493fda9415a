import type { ChangeEvent } from '../../lambda/core/change-event.ts';
import type { EventQuestion } from '../command-line.ts';
import { oneLine, type Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { proposeEventSchema, type Sample } from './json-schema.ts';
import { defaultShape, shapeFromTemplate } from './outbox-config.ts';
import { recordEvents } from './record-events.ts';
import { readRecords } from './records-file.ts';

/**
 * Prints the events of stream records, or a schema for them; notes what becomes of each record.
 *
 * @returns exit code: 0 each record is published or left out, 1 one would be parked or is none
 * @throws UsageError where a file cannot be used, or Node is too old
 */
export async function showEvents({ file, template, outbox, schema }: EventQuestion, terminal: Terminal): Promise<number> {
  if (!('rawJSON' in JSON)) {
    throw new UsageError(`event needs Node 22 or newer, got ${process.versions.node}: older ones lose digits of numbers`);
  }
  const records = readRecords(file);
  const shape = template === undefined ? defaultShape() : shapeFromTemplate(template, outbox);
  const samples: (Sample & { readonly eventType: string })[] = [];
  let faults = 0;
  for (const [index, raw] of records.entries()) {
    const note = (text: string): void => {
      terminal.note(`record ${String(index + 1)}: ${oneLine(text)}`);
    };
    const result = recordEvents(raw, shape);
    if (result.type === 'fault') {
      faults++;
      note(result.detail);
    } else if (result.type === 'nothing') {
      note('nothing is published of it');
    } else if (schema) {
      // Nakadi validates no tombstone.
      const events = result.events.filter(({ tombstone }) => !tombstone);
      samples.push(...events.map((event) => ({ eventType: event.eventType, data: dataText(event), route: result.route })));
    } else {
      for (const event of result.events) {
        if (!event.tombstone) {
          await terminal.print(indented(event));
        }
        note(limits(event, shape.maxEventBytes));
      }
      if (result.madeUp.length > 0) {
        note(`${result.madeUp.join(' and ')} made up here: the record does not have what the relay makes ${result.madeUp.length > 1 ? 'them' : 'it'} of`);
      }
    }
  }
  if (schema) {
    await terminal.print(JSON.stringify(schemasOf(samples), undefined, 2));
  }
  return faults === 0 ? 0 : 1;
}

/** The schema of the only event type, or an object with the schema of each. */
function schemasOf(samples: readonly (Sample & { readonly eventType: string })[]): object {
  const schemas = [...Map.groupBy(samples, ({ eventType }) => eventType)].map(([eventType, its]) => [eventType, proposeEventSchema(its)] as const);
  return schemas.length === 1 ? schemas[0][1] : Object.fromEntries(schemas);
}

/** The event with indentation, and with every digit of its numbers. */
function indented({ json }: ChangeEvent): string {
  const exact = (_name: string, value: unknown, context?: { source?: string }): unknown =>
    typeof value === 'number' && context?.source !== undefined ? JSON.rawJSON(context.source) : value;
  return JSON.stringify(JSON.parse(String(json), exact as (name: string, value: unknown) => unknown), undefined, 2);
}

/** The data of an event as it stands in its text: last, behind the operation. */
function dataText({ json }: ChangeEvent): string {
  const text = String(json);
  return text.slice(text.indexOf('"data":', text.indexOf('"data_op":')) + '"data":'.length, -1);
}

function limits(event: ChangeEvent, maxEventBytes: number): string {
  const what = event.tombstone ? 'a tombstone' : 'an event';
  const patch = event.patchLeftOut && !event.tombstone ? '; its patch is left out, because it would be larger with it' : '';
  return `${what} of ${event.eventType}, ${String(event.json.bytes)} of ${String(maxEventBytes)} bytes${patch}`;
}
