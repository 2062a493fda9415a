import { bundle } from './bundle.ts';
import { lambdaFunction, type Contender, type StreamEvent } from './contender.ts';
import { relayEnvironment } from './relay-environment.ts';

interface Relay {
  handler(event: StreamEvent, context: { getRemainingTimeInMillis(): number }): Promise<unknown>;
}

/** The relay as it is shipped, with all that it does: heads read, metrics, log, gzip. */
const ours: Contender = async (targets, payloads) => {
  Object.assign(process.env, relayEnvironment(targets));
  const { handler } = (await import(bundle('relay'))) as Relay;
  return lambdaFunction((event) => handler(event, { getRemainingTimeInMillis: () => 300_000 }), payloads);
};

export default ours;
