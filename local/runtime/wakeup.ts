/** Lets one loop wait until another part has news for it, or for a time. */
export class Wakeup {
  #waiting: (() => void)[] = [];

  /** Ends all waits under way. */
  notify(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const end of waiting) end();
  }

  /** Resolves at the next {@link notify}, or after the time in milliseconds. */
  wait(milliseconds?: number): Promise<void> {
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = milliseconds === undefined ? undefined : setTimeout(() => {
        this.#waiting = this.#waiting.filter((waiting) => waiting !== end);
        resolve();
      }, Math.max(0, milliseconds));
      this.#waiting.push(end);
    });
  }
}
