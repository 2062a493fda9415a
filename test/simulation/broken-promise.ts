/** What must never happen, and did. It ends the history, whoever would catch it. */
export class BrokenPromise extends Error {
  override readonly name = 'BrokenPromise';
}
