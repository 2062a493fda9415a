/** How much is measured. */
export interface Scale {
  /** How often each contender is measured. */
  readonly rounds: number;
  readonly warmUpMs: number;
  /** How long one measurement of a contender takes, at least one invocation. */
  readonly measureMs: number;
  /** Divides the sizes of batches. */
  readonly shrink: number;
  /** How long each contender runs with little of a processor, in milliseconds. */
  readonly throttledMs: number;
  readonly startUps: number;
  readonly synths: number;
  readonly listElements: number;
  /** Parked events of the requeue's runs; the first one is repeated. */
  readonly parkedEvents: readonly number[];
  readonly requeueRounds: number;
}

export const FULL: Scale = {
  rounds: 7,
  warmUpMs: 2_500,
  measureMs: 250,
  shrink: 1,
  throttledMs: 6_000,
  startUps: 15,
  synths: 9,
  listElements: 10_000,
  parkedEvents: [10_000, 100_000],
  requeueRounds: 5,
};

/** Seconds, to see that everything still runs; its numbers say nothing. */
export const SMOKE: Scale = {
  rounds: 1,
  warmUpMs: 0,
  measureMs: 1,
  shrink: 20,
  throttledMs: 300,
  startUps: 1,
  synths: 1,
  listElements: 500,
  parkedEvents: [200],
  requeueRounds: 1,
};
