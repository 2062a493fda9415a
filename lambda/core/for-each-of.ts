/** Works on all elements, so many at the same time. Ends when all work has ended; then throws the first error, if there was one. */
export async function forEachOf<T>(elements: readonly T[], concurrency: number, work: (element: T) => Promise<void>): Promise<void> {
  const queue = [...elements];
  const errors: unknown[] = [];
  const worker = async (): Promise<void> => {
    while (queue.length > 0 && errors.length === 0) {
      await work(queue.shift() as T).catch((error: unknown) => errors.push(error));
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, queue.length) }, worker));
  if (errors.length > 0) {
    throw errors[0];
  }
}
