/** A change of the code that breaks a promise. */
export interface Mutation {
  readonly name: string;
  /** Below `lambda`. */
  readonly file: string;
  /** Pieces of the file, each found exactly once, and what they become. */
  readonly replacements: readonly (readonly [string, string])[];
  /** Histories within which the simulation finds it. */
  readonly within: number;
}

/** The simpler protocols and the slips that the simulation must refute. */
export const MUTATIONS: readonly Mutation[] = [
  {
    name: 'the relay does not compare with the head',
    file: 'core/batch-plan.ts',
    replacements: [['record.sequence <= head.upTo', 'false']],
    within: 4_000,
  },
  {
    name: 'the relay does not look whether an item waits',
    file: 'core/batch-plan.ts',
    replacements: [['isOpen(head)', 'false']],
    within: 200,
  },
  {
    name: 'a head closes without a condition',
    file: 'adapters/closing.ts',
    replacements: [["'upTo = :upTo AND (attribute_not_exists(lateMarks) OR lateMarks = :lateMarks)'", "'attribute_exists(#open)'"]],
    within: 4_000,
  },
  {
    name: 'a head with late records closes without a condition',
    file: 'adapters/closing.ts',
    replacements: [["'(attribute_not_exists(upTo) OR upTo = :upTo) AND lateMarks = :lateMarks'", "'attribute_exists(#open)'"]],
    within: 8_000,
  },
  {
    name: 'the record that a head ends with need not be seen',
    file: 'core/parked-item.ts',
    replacements: [['!rows.some(({ sequence }) => sequence === head.upTo)', 'false']],
    within: 16_000,
  },
  {
    name: 'the head is read after its records',
    file: 'core/parked-item.ts',
    replacements: [['const waiting = rows.filter(', 'head = (await parkedEvents.headsOf([item])).get(item) ?? head; const waiting = rows.filter(']],
    within: 1_000,
  },
  {
    name: 'part of the records of several items counts as all of them',
    file: 'adapters/record-rows.ts',
    replacements: [['answer === undefined || answer.NextToken !== undefined || answer.LastEvaluatedKey !== undefined', 'answer === undefined']],
    within: 200,
  },
  {
    name: 'a record is parked without a condition',
    file: 'adapters/parking-lot.ts',
    replacements: [["'attribute_not_exists(upTo) OR upTo < :sequence'", "'attribute_not_exists(nothing)'"]],
    within: 18_000,
  },
  {
    name: 'a dead letter is deleted before its records are parked',
    file: 'core/requeue-dead-letters.ts',
    replacements: [['await ports.parkedEvents.announce(range.streamArn);', 'await ports.deadLetters.delete(letter); await ports.parkedEvents.announce(range.streamArn);']],
    within: 1_000,
  },
  {
    name: 'the lease ends before the run',
    file: 'core/requeue-run.ts',
    replacements: [['const isPublished =', 'await ports.lease.release(); const isPublished =']],
    within: 4_000,
  },
  {
    name: 'later events of a refused item are published',
    file: 'core/settled-events.ts',
    replacements: [['event.sequence > refusedFrom', 'false']],
    within: 200,
  },
  {
    name: 'later events of the item of an event in doubt are sent',
    file: 'core/publication.ts',
    replacements: [['    this.#failedItems.add(event.item);\n    return true;', '    return true;']],
    within: 400,
  },
  {
    name: 'events that failed in a 207 count as accepted',
    file: 'core/publish-outcome.ts',
    replacements: [["?.publishing_status !== 'submitted'", "?.publishing_status === 'no such status'"]],
    within: 200,
  },
  {
    name: 'later events of an item that failed in a 207 count as accepted',
    file: 'core/publication.ts',
    replacements: [['} else if (!this.#failedItems.has(event.item)) {', '} else {']],
    within: 4_000,
  },
  {
    name: 'the snapshot shows the late record, not the table',
    file: 'core/requeue-parked.ts',
    replacements: [['await this.ports.sourceTable.read(subject.keys)', '(await this.ports.sourceTable.read(subject.keys)) && subject.last.dynamodb?.NewImage']],
    within: 1_000,
  },
  {
    name: 'no snapshot follows late records',
    file: 'core/requeue-parked.ts',
    replacements: [['[item, snapshotSubject(item)]', '[item, undefined]']],
    within: 1_000,
  },
  {
    name: 'later records of a held item are parked',
    file: 'core/park-unpublished.ts',
    replacements: [['parkings.filter(({ record }) => !heldItems.has(record.item))', 'parkings']],
    within: 16_000,
  },
  {
    name: 'the checkpoint is the highest unsettled record',
    file: 'core/stream-checkpoint.ts',
    replacements: [['record.sequence < lowest.sequence', 'record.sequence > lowest.sequence']],
    within: 1_000,
  },
  {
    name: 'a record is parked without an announcement',
    file: 'core/park-all.ts',
    replacements: [['await parkingLot.announce(parkings[0].record.streamArn);', '']],
    within: 200,
  },
  {
    name: 'an announcement is withdrawn while items wait',
    file: 'core/requeue-run.ts',
    replacements: [['if (isNeeded) {', 'if (isNeeded && false) {'], ['announcement.at < clock.now() - CLOSED_HEAD_KEPT_MS', 'true']],
    within: 200,
  },
  {
    name: 'late records do not open the head',
    file: 'adapters/parked-events-table.ts',
    replacements: [['REMOVE expiresAt ADD lateMarks :some', 'REMOVE expiresAt ADD marks :some']],
    within: 1_000,
  },
  {
    name: 'the requeue publishes what was parked after it read the head',
    file: 'core/parked-event.ts',
    replacements: [['parked.sequence > head.through && parked.sequence <= head.upTo', 'parked.sequence > head.through']],
    within: 12_000,
  },
  {
    name: 'a record is settled when one of its events is accepted',
    file: 'core/parked-item.ts',
    replacements: [['!events.every((event) => result.accepted.has(event))', 'events.length > 0 && !events.some((event) => result.accepted.has(event))']],
    within: 4_000,
  },
  {
    name: 'an item of which everything is skipped counts as published while the requeue still works on it',
    file: 'core/parked-event.ts',
    replacements: [['head.dueAt !== undefined || head.upTo', 'head.upTo']],
    within: 8_000,
  },
  {
    name: 'a skip keeps no trace',
    file: 'adapters/skipped-events.ts',
    replacements: [['...deletes, ...puts', '...deletes']],
    within: 200,
  },
  {
    name: 'rows are removed without setting through',
    file: 'adapters/parked-events-table.ts',
    replacements: [['await retryConflicts(() => client.send(forward));', 'await Promise.resolve(forward);']],
    within: 200,
  },
  {
    name: 'rows of several items are removed without setting through',
    file: 'adapters/closing.ts',
    replacements: [['if (!(await writeAll(client, passed.map(({ head }) => advancing(table, head.item, head.upTo))))) {', 'if (false) {']],
    within: 200,
  },
  {
    name: 'through may go back',
    file: 'adapters/closing.ts',
    replacements: [["'attribute_exists(streamArn) AND (attribute_not_exists(through) OR through <= :through)'", "'attribute_exists(streamArn)'"]],
    within: 3_000,
  },
];
