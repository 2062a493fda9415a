import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDbLocal, localClient } from '../../local/runtime/dynamodb-local.ts';
import { Guardian } from '../../local/runtime/guardian.ts';
import { OPEN } from '../../lambda/adapters/parked-event-rows.ts';
import { ENV, PARKED_EVENTS } from '../../lib/private/handler-contract.ts';
import { Child } from '../child.ts';
import type { Targets } from '../contenders/contender.ts';
import { relayEnvironment } from '../contenders/relay-environment.ts';
import { interleaved } from '../measure/interleaved.ts';
import { median, medianRatio } from '../measure/median.ts';
import { eitherSide, type Finding } from '../report/finding.ts';
import type { Drain } from '../requeue/drain-main.ts';
import { dropTable, parkEvents } from '../requeue/parked-events.ts';
import { Recorder } from '../requeue/recorder.ts';
import type { Scale } from '../scale.ts';
import type { Servers } from '../servers/servers.ts';

const TABLE = 'parked-events';
const GROUP = 'Requeue through DynamoDB Local, 1 KB, 5 events an item';

/** How fast parked events are published. */
export async function requeue({ targets }: Servers, scale: Scale): Promise<Finding[]> {
  const guardian = new Guardian();
  const folder = await mkdtemp(path.join(tmpdir(), 'outbox-bench-'));
  const local = await DynamoDbLocal.start({ heapSize: 4096 }, guardian);
  const bench = new RequeueBench(targets, local.endpoint, path.join(folder, 'calls.json'));
  try {
    return await bench.findings(scale);
  } finally {
    await bench.end();
    await local.stop();
    await guardian.stop();
    await rm(folder, { recursive: true });
  }
}

class RequeueBench {
  readonly #targets: Targets;
  readonly #endpoint: string;
  readonly #calls: string;
  readonly #client: DynamoDBClient;
  readonly #children: Child[] = [];

  constructor(targets: Targets, endpoint: string, calls: string) {
    this.#targets = targets;
    this.#endpoint = endpoint;
    this.#calls = calls;
    this.#client = new DynamoDBClient(localClient(endpoint));
  }

  async findings({ parkedEvents, requeueRounds }: Scale): Promise<Finding[]> {
    const [few, ...more] = parkedEvents;
    await this.#record(few);
    const draining = this.#start('requeue/drain-main.ts', this.#endpoint);
    const replaying = this.#start('requeue/replay-main.ts', this.#endpoint, [this.#calls]);
    const fewDrains: Drain[] = [];
    const perSecond = (drain: Drain, events = few): number => (events / drain.elapsedMs) * 1000;
    const drained = async (): Promise<number> => {
      fewDrains.push(await this.#withTable(few, () => this.#drain(draining)));
      return perSecond(fewDrains[fewDrains.length - 1]);
    };
    const replayed = async (): Promise<number> => perSecond(await this.#withTable(few, () => replaying.ask<Drain>('replay')));
    // The first run of each is for the compiler: the function runs every minute, and mostly finds itself warm.
    const rates = await interleaved(new Map([['replay', replayed], ['ours', drained]] as const), requeueRounds + 1);
    const [replay, ours] = [rates.get('replay') ?? [], rates.get('ours') ?? []].map((values) => values.slice(1));
    const memory = median(fewDrains.map(({ memoryMiB }) => memoryMiB));
    const share: Finding = { group: GROUP, what: 'ours', value: median(ours), unit: 'events/s', floor: medianRatio(ours, replay), goal: { of: 'floor', atLeast: 0.9 } };
    const speeds: Finding[] = [];
    const memories: Finding[] = [{ group: GROUP, what: `memory, ${few.toLocaleString('en-US')} events`, value: memory, unit: 'MiB' }];
    for (const events of more) {
      const drain = await this.#withTable(events, () => this.#drain(draining));
      const what = events.toLocaleString('en-US');
      speeds.push({ group: GROUP, what: `ours, ${what} events`, value: perSecond(drain, events), unit: 'events/s', goal: { of: 'value', atLeast: 3_000 } });
      memories.push({ group: GROUP, what: `memory, ${what} events against ${few.toLocaleString('en-US')}`, value: drain.memoryMiB / memory, unit: '×', goal: { of: 'value', atMost: 1.25 } });
    }
    const floor: Finding = { group: GROUP, what: 'the same requests without anything between them', value: median(replay), unit: 'events/s', floor: 1 };
    return [floor, ...eitherSide([share], speeds), ...memories];
  }

  async end(): Promise<void> {
    await Promise.all(this.#children.map((child) => child.stop()));
    this.#client.destroy();
  }

  /** Writes down the requests of one run. */
  async #record(events: number): Promise<void> {
    const recorder = new Recorder(this.#endpoint);
    try {
      const endpoint = await recorder.start();
      await this.#withTable(events, () => this.#drain(this.#start('requeue/drain-main.ts', endpoint)));
      await writeFile(this.#calls, JSON.stringify(recorder.calls));
    } finally {
      recorder.stop();
    }
  }

  async #withTable<Result>(events: number, work: () => Promise<Result>): Promise<Result> {
    await parkEvents(this.#client, TABLE, events);
    try {
      return await work();
    } finally {
      await dropTable(this.#client, TABLE);
    }
  }

  /** @throws Error where something waits still: who gives up early is not fast */
  async #drain(child: Child): Promise<Drain> {
    const drain = await child.ask<Drain>('drain');
    const { Count } = await this.#client.send(
      new QueryCommand({
        TableName: TABLE,
        IndexName: PARKED_EVENTS.openIndex,
        KeyConditionExpression: '#open = :open',
        ExpressionAttributeNames: { '#open': PARKED_EVENTS.openKey },
        ExpressionAttributeValues: { ':open': { S: OPEN } },
        Select: 'COUNT',
        Limit: 1,
      }),
    );
    if (Count !== 0) {
      throw new Error('the requeue ended, but items wait: their events were not all published');
    }
    return drain;
  }

  #start(module: string, dynamodb: string, args: readonly string[] = []): Child {
    const env = { PATH: process.env.PATH, ...relayEnvironment(this.#targets), [ENV.parkedEventsTable]: TABLE, AWS_ENDPOINT_URL_DYNAMODB: dynamodb };
    const child = Child.start(module, args, { env });
    this.#children.push(child);
    return child;
  }
}
