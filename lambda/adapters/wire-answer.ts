/** What of a client of the AWS SDK is needed here. */
interface Sender {
  send(command: never): Promise<unknown>;
}

/** What of a command of the AWS SDK is needed here. */
interface Command {
  readonly middlewareStack: { add(middleware: never, options: { step: 'deserialize'; priority: 'low'; name: string; override: boolean }): void };
}

/**
 * Sends a command, and gives the answer's JSON as it came over the wire.
 *
 * DynamoDB's wire form is that of the event source mapping: times in seconds, binary as base64 text. The SDK would turn both into other things, and
 * loses the value of an attribute named `__proto__`.
 *
 * @throws what the SDK throws
 */
export async function wireAnswer(client: Sender, command: Command): Promise<unknown> {
  let body = Buffer.alloc(0);
  // Innermost, so that the answer is seen before the SDK reads it. What the SDK reads then is the same bytes.
  const keepBody =
    (next: (args: unknown) => Promise<{ response: { body: AsyncIterable<Uint8Array> | Uint8Array } }>) =>
    async (args: unknown): Promise<unknown> => {
      const result = await next(args);
      body = Buffer.concat(await Array.fromAsync(result.response.body as AsyncIterable<Uint8Array>));
      result.response.body = body;
      return result;
    };
  command.middlewareStack.add(keepBody as never, { step: 'deserialize', priority: 'low', name: 'keepBody', override: true });
  await client.send(command as never);
  return JSON.parse(new TextDecoder().decode(body));
}
