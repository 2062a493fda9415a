/**
 * Writes one line of the log: a fixed name first, so that queries find it, and numbers and reasons behind it. Never an item's data, never a
 * secret.
 */
export function logEvent(level: 'info' | 'warn' | 'error', name: string, fields: Readonly<Record<string, unknown>>): void {
  // The function's JSON log format turns each call into one line with level, time and request id.
  console[level]({ event: name, ...fields });
}
