/** Sends events in one request by `fetch`, which keeps its connections. */
export async function publish(url: string, events: readonly unknown[]): Promise<void> {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(events) });
  await response.arrayBuffer();
  if (!response.ok) {
    throw new Error(`Nakadi answered ${response.status}`);
  }
}
