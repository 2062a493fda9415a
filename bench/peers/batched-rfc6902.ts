import { createPatch } from 'rfc6902';
import { eventsUrl, lambdaFunction, type Contender } from '../contenders/contender.ts';
import { dataChangeEvent } from './data-change.ts';
import { publish } from './publish.ts';

/** A relay that publishes a batch with one request, and compares by rfc6902. */
const batchedRfc6902: Contender = (targets, payloads) => {
  const url = eventsUrl(targets);
  const handler = lambdaFunction(async ({ Records }) => {
    await publish(url, Records.map((record) => dataChangeEvent(record, createPatch)));
  }, payloads);
  return Promise.resolve(handler);
};

export default batchedRfc6902;
