/** What the functions say in their logs, added up. */
export class RelayLog {
  accepted = 0;
  parked = 0;
  requeued = 0;

  /** Records that were parked and not published since; late ones may make it negative for a moment. */
  get waiting(): number {
    return Math.max(0, this.parked - this.requeued);
  }

  /** Reads one line of a function's log; lines that are none of the outbox's are passed over. */
  read(text: string): void {
    const { event, ...fields } = messageOf(text);
    if (event === 'relay.batch') {
      this.accepted += Number(fields.accepted);
      this.parked += Number(fields.parked);
    } else if (event === 'requeue.run') {
      this.requeued += Number((fields.parked as { published?: number }).published ?? 0);
    }
  }
}

function messageOf(text: string): Record<string, unknown> {
  if (!text.startsWith('{')) {
    return {};
  }
  try {
    const { message } = JSON.parse(text) as { message?: unknown };
    return typeof message === 'object' && message !== null ? (message as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
