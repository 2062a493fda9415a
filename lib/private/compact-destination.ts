import type { CompactDestination, CompactRoute, DestinationConfig } from './handler-contract';

/** The destination as it stands in the environment; `wholeRoutes` is the way back. */
export function compactDestination(destination: DestinationConfig): CompactDestination {
  const { endpoint, unrouted } = destination;
  if (destination.routes.length < 2) {
    return destination;
  }
  const routes = destination.routes.map(({ dataType, ...route }) => (dataType === route.eventType ? route : { ...route, dataType }));
  const shared = alike(routes);
  const condition = alike(routes.map((route) => route.condition ?? {}));
  return {
    endpoint,
    shared: Object.keys(condition).length === 0 ? shared : { ...shared, condition },
    routes: routes.map((route): CompactRoute => without({ ...route, condition: without(route.condition ?? {}, condition) }, shared)),
    unrouted,
  };
}

/** What all of them say, and say alike. */
function alike<T extends object>([first, ...others]: readonly T[]): Partial<T> {
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((other) => JSON.stringify(other[name as keyof T]) === JSON.stringify(value))),
  ) as Partial<T>;
}

function without<T extends object>(all: T, shared: Partial<T>): Partial<T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in shared))) as Partial<T>;
}
