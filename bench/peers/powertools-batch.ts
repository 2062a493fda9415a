import { eventsUrl, type Contender } from '../contenders/contender.ts';
import { powertoolsRelay } from './powertools-relay.ts';
import { publish } from './publish.ts';

/** As Powertools' documentation shows it, with `fetch`. */
const powertoolsBatch: Contender = (targets, payloads) => {
  const url = eventsUrl(targets);
  return Promise.resolve(powertoolsRelay((event) => publish(url, [event]), payloads));
};

export default powertoolsBatch;
