import pLimit from 'p-limit';

/** A number of places to work at, taken in the order they were asked for; a place can be lent out by who holds it. */
export class Slots {
  readonly #limit: ReturnType<typeof pLimit>;
  /** What gives back each place that is held; they are all alike. */
  readonly #held: (() => void)[] = [];

  constructor(places: number) {
    this.#limit = pLimit(places);
  }

  /** Resolves once there is a place; it has to be given back with `release`. */
  take(): Promise<void> {
    return new Promise((taken) => {
      void this.#limit(
        () =>
          new Promise<void>((release) => {
            this.#held.push(release);
            taken();
          }),
      );
    });
  }

  release(): void {
    this.#held.shift()?.();
  }

  /** Gives up the place to whoever is about to ask for it, and queues behind them. */
  async yield(): Promise<void> {
    if (this.#limit.activeCount < this.#limit.concurrency) return;
    this.release();
    await new Promise((resolve) => void setImmediate(resolve));
    await this.take();
  }

  /** Does something at a place of its own, which it may release and take again meanwhile. */
  async at<T>(work: () => Promise<T>): Promise<T> {
    await this.take();
    try {
      return await work();
    } finally {
      this.release();
    }
  }
}
