import type { Route } from './event-route.ts';
import { EventText } from './event-text.ts';
import { JsonBytes } from './json-bytes.ts';

/** Where events are written, one after the other, whichever their routes. */
export class EventTexts {
  readonly #out = new JsonBytes();
  readonly #texts = new WeakMap<Route, EventText>();

  /** What writes the events of a route. */
  of(route: Route): EventText {
    let text = this.#texts.get(route);
    if (text === undefined) {
      text = new EventText(this.#out, route);
      this.#texts.set(route, text);
    }
    return text;
  }

  /** Takes back the memory of all events that were written: nobody may read them from now on. */
  reuse(): void {
    this.#out.reuse();
  }
}
