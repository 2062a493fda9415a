/** What must be reached. */
export interface Goal {
  /** What of the finding it is about. */
  readonly of: 'value' | 'floor' | 'ours';
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One line of the table. */
export interface Finding {
  readonly group: string;
  readonly what: string;
  readonly value: number;
  readonly unit: string;
  /** How many times the floor it is: the least that the same thing can take here. */
  readonly floor?: number;
  /** How many times ours it is. */
  readonly ours?: number;
  readonly goal?: Goal;
  /** Whether its goal may be missed, because another one that will do is reached. */
  readonly isExcused?: boolean;
}

/** Whether the goal is reached, undefined where there is none. */
export function isReached(finding: Finding): boolean | undefined {
  const { goal } = finding;
  const measured = goal && finding[goal.of];
  if (goal === undefined || measured === undefined) {
    return undefined;
  }
  return measured <= (goal.atMost ?? Infinity) && measured >= (goal.atLeast ?? -Infinity);
}

/** Findings on two sides, of which one side is to reach its goals: where it does, what the other one misses is excused. */
export function eitherSide(one: readonly Finding[], other: readonly Finding[]): Finding[] {
  const excuse = (findings: readonly Finding[], side: readonly Finding[]): Finding[] => {
    const isEnough = side.length > 0 && side.every((finding) => isReached(finding) === true);
    return findings.map((finding) => (isEnough && isReached(finding) === false ? { ...finding, isExcused: true } : finding));
  };
  return [...excuse(one, other), ...excuse(other, one)];
}
