/**
 * The alarms of an outbox. Each has its section in the operations guide.
 */
export enum OutboxAlarm {
  /**
   * The relay does not keep up with the stream.
   */
  ITERATOR_AGE = 'iterator-age',

  /**
   * The relay gets changes and publishes none of them.
   */
  NOT_DELIVERING = 'not-delivering',

  /**
   * The table is written, and for hours nothing reaches the relay.
   */
  RELAY_NOT_INVOKED = 'relay-not-invoked',

  /**
   * The relay fails again and again: it crashes or runs out of time.
   */
  RELAY_ERRORS = 'relay-errors',

  /**
   * An item's changes wait in the parked-events table for too long.
   */
  PARKED_EVENT_AGE = 'parked-event-age',

  /**
   * Dead letters stay in their queue: the requeue cannot read their records.
   */
  DEAD_LETTERS = 'dead-letters',

  /**
   * The requeue met a dead letter that it can do nothing about.
   */
  DEAD_LETTERS_STUCK = 'dead-letters-stuck',

  /**
   * A batch that the event source mapping gave up on could not be reported to the dead-letter queue.
   */
  DEAD_LETTERS_LOST = 'dead-letters-lost',

  /**
   * The requeue does not come to its end, or does not run at all.
   */
  REQUEUE_STOPPED = 'requeue-stopped',
}
