import { createPatch } from 'rfc6902';
import { eventsUrl, lambdaFunction, type Contender } from '../contenders/contender.ts';
import { dataChangeEvent } from './data-change.ts';
import { publish } from './publish.ts';

/** The relay that blog posts show: one request for each record, one after the other, so that order holds. */
const postPerRecord: Contender = (targets, payloads) => {
  const url = eventsUrl(targets);
  const handler = lambdaFunction(async ({ Records }) => {
    for (const record of Records) {
      await publish(url, [dataChangeEvent(record, createPatch)]);
    }
  }, payloads);
  return Promise.resolve(handler);
};

export default postPerRecord;
