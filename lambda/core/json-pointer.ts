/**
 * The JSON Pointer of a place in an item.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6901#section-3
 */
export function pointer(path: readonly (string | number)[]): string {
  return path.map((step) => pointerStep(String(step))).join('');
}

/** What a name adds to a JSON Pointer. */
export function pointerStep(name: string): string {
  return name.includes('~') || name.includes('/') ? `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}` : `/${name}`;
}
