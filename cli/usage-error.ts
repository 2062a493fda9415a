/** The command line cannot be understood, or a file that it names cannot be used; the text says what is wrong and what is allowed. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
