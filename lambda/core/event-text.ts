import type { Selection } from './attribute-selection.ts';
import type { Route } from './event-route.ts';
import { ItemText } from './item-text.ts';
import type { JsonBytes } from './json-bytes.ts';
import { PatchTooLargeError } from './json-patch.ts';
import type { JsonText } from './json-text.ts';
import { padSequence } from './occurrence.ts';
import { PatchText } from './patch-text.ts';
import type { AttributeMap } from './stream-record.ts';

/** How data and event end. */
const END = '}}';

/** The text of the event of a route that is being made: the envelope, then the item with what stands beside its attributes. There is one at a time. */
export class EventText {
  readonly #out: JsonBytes;
  readonly #route: Route;
  readonly #items: ItemText;
  readonly #patches: PatchText;
  #selection: Selection = 'all';
  /** Where the data begins, inside its brace; and where the patch begins. */
  #data = 0;
  #patch = 0;
  #hasPatch = false;

  constructor(out: JsonBytes, route: Route) {
    const numbersAsText = route.numberEncoding === 'string';
    this.#out = out;
    this.#route = route;
    this.#items = new ItemText(out, numbersAsText);
    this.#patches = new PatchText(out, this.#items, numbersAsText);
  }

  /** Begins the event, in place of whatever was begun and not finished. */
  begin(envelope: string, selection: Selection): void {
    this.#selection = selection;
    this.#out.cut(0);
    this.#out.json(envelope);
  }

  /** Writes the item. @throws InvalidImageError that may name another place than the first */
  writeItem(image: AttributeMap, sequenceNumber: string): void {
    this.#out.ascii('{');
    this.#data = this.#out.length;
    this.#items.members(image, this.#selection);
    if (this.#route.sequenceAttribute !== undefined) {
      this.#out.name(this.#route.sequenceAttribute, this.#data);
      this.#out.string(padSequence(sequenceNumber));
    }
    this.#patch = this.#out.length;
  }

  /**
   * Writes the patch behind the item, unless the route wants none, or the event would have more bytes with it than it may have.
   *
   * @returns whether there is a difference
   * @throws InvalidImageError that may name another place than the first
   */
  writePatch(before: AttributeMap, after: AttributeMap, mostBytes: number): boolean {
    const { patchFormat, patchAttribute } = this.#route;
    this.#hasPatch = true;
    this.#out.name(patchAttribute, this.#data);
    const start = this.#out.length;
    this.#out.ascii('[');
    const first = this.#out.length;
    try {
      // Where no patch is wanted, the first difference is enough.
      this.#patches.operations(before, after, this.#selection, patchFormat === 'none' ? first : mostBytes);
    } catch (error) {
      if (!(error instanceof PatchTooLargeError)) {
        throw error;
      }
      this.#leavePatchOut();
      return true;
    }
    const isOther = this.#out.length > first;
    this.#out.ascii(']');
    if (patchFormat === 'none') {
      this.#leavePatchOut();
    } else if (patchFormat === 'json-string') {
      const patch = this.#out.text(start);
      this.#out.cut(start);
      this.#out.string(patch);
    }
    if (this.#out.length + END.length > mostBytes) {
      this.#leavePatchOut();
    }
    return isOther;
  }

  #leavePatchOut(): void {
    this.#out.cut(this.#patch);
    this.#hasPatch = false;
  }

  /** Whether the patch that was written last is part of the event. */
  get hasPatch(): boolean {
    return this.#hasPatch;
  }

  /** Ends data and event. */
  finish(): JsonText {
    this.#out.ascii(END);
    return this.#out.take();
  }

  /** Ends an event whose data is another text. */
  finishWith(data: string): JsonText {
    this.#out.json(data);
    this.#out.ascii('}');
    return this.#out.take();
  }
}
