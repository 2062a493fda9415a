import type { ParkReason } from '../lambda/core/parked-event.ts';

/** What each reason means. */
export const REASONS: Readonly<Record<ParkReason, string>> = {
  rejected: 'Nakadi refused the event',
  invalid: 'no event can be made of the record',
  away: 'Nakadi was away longer than the stream holds records back',
  behind: 'an earlier change of the item waits, or waited',
  late: 'the event source mapping gave up on the record',
};

export function isReason(text: string): text is ParkReason {
  return Object.hasOwn(REASONS, text);
}
