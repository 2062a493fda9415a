/** The command line cannot be understood; the text says what is wrong and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
