import type { Selection } from './attribute-selection.ts';
import type { Route } from './event-route.ts';
import { ItemText } from './item-text.ts';
import { JsonBytes } from './json-bytes.ts';
import { PatchTooLargeError } from './json-patch.ts';
import type { JsonText } from './json-text.ts';
import { PatchText } from './patch-text.ts';
import type { AttributeMap } from './stream-record.ts';

/** Where all events are written: they are made one after the other. */
const OUT = new JsonBytes();

/** How data and event end. */
const END = '}}';

/** The text of the event of a route that is being made: the envelope, then the item with what stands beside its attributes. There is one at a time. */
export class EventText {
  readonly #route: Route;
  readonly #items: ItemText;
  readonly #patches: PatchText;
  #selection: Selection = 'all';
  /** Where the data begins, inside its brace; and where the patch begins. */
  #data = 0;
  #patch = 0;
  #hasPatch = false;

  constructor(route: Route) {
    const numbersAsText = route.numberEncoding === 'string';
    this.#route = route;
    this.#items = new ItemText(OUT, numbersAsText);
    this.#patches = new PatchText(OUT, this.#items, numbersAsText);
  }

  /** Begins the event, in place of whatever was begun and not finished. */
  begin(envelope: string, selection: Selection): void {
    this.#selection = selection;
    OUT.cut(0);
    OUT.json(envelope);
  }

  /** Writes the item. @throws InvalidImageError that may name another place than the first */
  writeItem(image: AttributeMap, sequence: string): void {
    OUT.ascii('{');
    this.#data = OUT.length;
    this.#items.members(image, this.#selection);
    if (this.#route.sequenceAttribute !== undefined) {
      OUT.name(this.#route.sequenceAttribute, this.#data);
      OUT.string(sequence);
    }
    this.#patch = OUT.length;
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
    OUT.name(patchAttribute, this.#data);
    const start = OUT.length;
    OUT.ascii('[');
    const first = OUT.length;
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
    const isOther = OUT.length > first;
    OUT.ascii(']');
    if (patchFormat === 'none') {
      this.#leavePatchOut();
    } else if (patchFormat === 'json-string') {
      const patch = OUT.text(start);
      OUT.cut(start);
      OUT.string(patch);
    }
    if (OUT.length + END.length > mostBytes) {
      this.#leavePatchOut();
    }
    return isOther;
  }

  #leavePatchOut(): void {
    OUT.cut(this.#patch);
    this.#hasPatch = false;
  }

  /** Whether the patch that was written last is part of the event. */
  get hasPatch(): boolean {
    return this.#hasPatch;
  }

  /** Ends data and event. */
  finish(): JsonText {
    OUT.ascii(END);
    return OUT.take();
  }

  /** Ends an event whose data is another text. */
  finishWith(data: string): JsonText {
    OUT.json(data);
    OUT.ascii('}');
    return OUT.take();
  }
}
