import type { Selection } from './attribute-selection.ts';
import type { Route } from './event-route.ts';
import type { ImageShape } from './item-images.ts';
import { ItemText } from './item-text.ts';
import { JsonBytes } from './json-bytes.ts';
import { PatchText } from './patch-text.ts';
import type { AttributeMap } from './stream-record.ts';

/** One buffer for all events: they are made one after the other. */
const OUT = new JsonBytes();

/** The data of the event that is being made: the item with what stands beside its attributes. There is one at a time. */
export class EventData {
  readonly #route: Route;
  readonly #selection: Selection;
  readonly #items: ItemText;
  readonly #patches: PatchText;
  /** Where the patch begins. */
  #end = 0;

  constructor(route: Route, { selection, numbersAsText }: ImageShape) {
    this.#route = route;
    this.#selection = selection;
    this.#items = new ItemText(OUT, numbersAsText);
    this.#patches = new PatchText(OUT, this.#items, numbersAsText);
  }

  /** Writes the item. @throws InvalidImageError that may name another place than the first */
  writeItem(image: AttributeMap, sequence: string): void {
    OUT.cut(0);
    OUT.ascii('{');
    this.#items.members(image, this.#selection);
    if (this.#route.sequenceAttribute !== undefined) {
      this.#name(this.#route.sequenceAttribute);
      OUT.string(sequence);
    }
    this.#end = OUT.length;
  }

  /**
   * Writes the patch behind the item.
   *
   * @returns whether there is a difference
   * @throws InvalidImageError that may name another place than the first
   */
  writePatch(before: AttributeMap, after: AttributeMap): boolean {
    const { patchFormat, patchAttribute } = this.#route;
    this.#name(patchAttribute);
    const start = OUT.length;
    OUT.ascii('[');
    const first = OUT.length;
    this.#patches.operations(before, after, this.#selection);
    const isOther = OUT.length > first;
    OUT.ascii(']');
    if (patchFormat === 'none') {
      this.leavePatchOut();
    } else if (patchFormat === 'json-string') {
      const patch = OUT.text(start);
      OUT.cut(start);
      OUT.string(patch);
    }
    return isOther;
  }

  leavePatchOut(): void {
    OUT.cut(this.#end);
  }

  /** Length of the text in bytes of UTF-8. */
  get bytes(): number {
    return OUT.length + 1;
  }

  /** The text. */
  get json(): string {
    return `${OUT.text()}}`;
  }

  #name(name: string): void {
    OUT.comma(1);
    OUT.string(name);
    OUT.ascii(':');
  }
}
