/**
 * What is wrong with a value that must be given. The compiler sees to it for those who write TypeScript; others may leave it out.
 *
 * @param name what the value is, in the user's words
 * @param what what to give
 */
export function required(name: string, value: unknown, what: string): string[] {
  return value === undefined || value === null ? [`${name} must be given, got ${String(value)}: ${what}`] : [];
}
