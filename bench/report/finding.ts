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

/** Findings of which one is to reach its goal: once one does, what others miss is no goal. */
export function anyOf(findings: readonly Finding[]): Finding[] {
  const isEnough = findings.some((finding) => isReached(finding) === true);
  return findings.map((finding) => (isEnough && isReached(finding) === false ? { ...finding, goal: undefined } : finding));
}
