import type { NakadiDestination } from '../nakadi-destination';
import { isUnknown } from './unknown-value';
import { shown } from './validate-choice';

/** Longest name of an event type, and its form: words that are joined by dots. */
const MAX_LENGTH = 255;
const EVENT_TYPE = /^[a-zA-Z][-\w]*(\.[0-9a-zA-Z][-\w]*)*$/;

/** What is wrong with the names of a destination's event types. What is not known yet passes. */
export function eventTypeFaults({ eventType, routes }: NakadiDestination): (string | undefined)[] {
  return [
    eventType === undefined ? undefined : eventTypeFault('destination.eventType', eventType),
    ...(Array.isArray(routes) ? routes.map((route, index) => eventTypeFault(`destination.routes[${index}].eventType`, route?.eventType)) : []),
  ];
}

function eventTypeFault(name: string, value: unknown): string | undefined {
  if (isUnknown(value) || (typeof value === 'string' && EVENT_TYPE.test(value) && value.length <= MAX_LENGTH)) {
    return undefined;
  }
  return (
    `${name} must be words of letters, digits, - and _ that are joined by dots, a letter first, with at most ${MAX_LENGTH} characters, ` +
    `got ${shown(value)}: give the name that the event type has in Nakadi`
  );
}
