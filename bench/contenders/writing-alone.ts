import { selectAttributes } from '../../lambda/core/attribute-selection.ts';
import { eventEnvelope } from '../../lambda/core/event-envelope.ts';
import type { Route } from '../../lambda/core/event-route.ts';
import { EventTexts } from '../../lambda/core/event-texts.ts';
import { batchBody } from '../../lambda/core/nakadi-batch.ts';
import { Occurrence } from '../../lambda/core/occurrence.ts';
import type { AttributeMap, RawStreamRecord } from '../../lambda/core/stream-record.ts';
import { bareSocket } from './bare-socket.ts';
import { readPayload, type Contender } from './contender.ts';

const ROUTE: Route = { eventType: 'order-store.order-changed', dataType: 'order', cleanupPolicy: 'delete', patchFormat: 'array', patchAttribute: 'patch' };
const EID = '00000000-0000-0000-0000-000000000000';
const OCCURRENCE = new Occurrence('', {}, '0', Date.UTC(2026, 0, 1));

const TEXTS = new EventTexts();
const TEXT = TEXTS.of(ROUTE);

/**
 * The floor, whose bytes are made in each invocation: our comparison of the images and our text of item and patch, and nothing of what makes them safe to
 * send, no ids, no checks, no order, no outcome, no gzip.
 */
const writingAlone: Contender = async (targets, payloads) => {
  const send = await bareSocket(targets);
  return async (payload) => {
    const { Records } = readPayload(payloads[payload]);
    const body = batchBody(Records.map(eventOf));
    TEXTS.reuse();
    await send(body);
  };
};

function eventOf({ dynamodb = {} }: RawStreamRecord): Parameters<typeof batchBody>[0][number] {
  const { Keys, OldImage, NewImage } = dynamodb as Record<'Keys' | 'OldImage' | 'NewImage', AttributeMap>;
  TEXT.begin(eventEnvelope(EID, OCCURRENCE, ROUTE, 'U', {}), selectAttributes(ROUTE, Keys));
  TEXT.writeItem(NewImage, '');
  TEXT.writePatch(OldImage, NewImage, Infinity);
  return { json: TEXT.finish() };
}

export default writingAlone;
