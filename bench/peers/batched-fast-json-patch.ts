import fastJsonPatch from 'fast-json-patch';
import { eventsUrl, lambdaFunction, type Contender } from '../contenders/contender.ts';
import { dataChangeEvent } from './data-change.ts';
import { publish } from './publish.ts';

/** A relay that publishes a batch with one request, and compares by fast-json-patch, which takes lists element by element. */
const batchedFastJsonPatch: Contender = (targets, payloads) => {
  const url = eventsUrl(targets);
  const handler = lambdaFunction(async ({ Records }) => {
    await publish(url, Records.map((record) => dataChangeEvent(record, (before, after) => fastJsonPatch.compare(before, after))));
  }, payloads);
  return Promise.resolve(handler);
};

export default batchedFastJsonPatch;
