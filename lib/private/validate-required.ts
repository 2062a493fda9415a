import type { NakadiDestination } from '../nakadi-destination';

/**
 * What is wrong with a value that must be given. The compiler sees to it for those who write TypeScript; others may leave it out.
 *
 * @param name what the value is, in the user's words
 * @param what what to give
 */
export function required(name: string, value: unknown, what: string): string[] {
  return value === undefined || value === null ? [`${name} must be given, got ${String(value)}: ${what}`] : [];
}

/** What a destination lacks. Where there is something, nothing else of it can be looked at. */
export function missingIn(destination: NakadiDestination | undefined): string[] {
  if (destination === undefined || destination === null) {
    return required('destination', destination, 'say where the events go, for instance { endpoint, eventType }');
  }
  return [
    ...required('destination.endpoint', destination.endpoint, 'name the base URL of Nakadi'),
    ...(destination.routes ?? []).flatMap((route, index) => {
      const name = `destination.routes[${index}]`;
      return [
        ...required(`${name}.eventType`, route.eventType, 'name the event type of its items'),
        ...required(`${name}.condition`, route.condition, 'say which items it is for, with RouteCondition'),
      ];
    }),
  ];
}
