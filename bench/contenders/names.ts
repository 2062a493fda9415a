/** Who is compared. Each is a module of this name that has a `Contender` as its default export. */
export const CONTENDERS = {
  floor: { module: 'contenders/floor.ts', title: 'floor: parse the payload, send finished bytes' },
  writingAlone: { module: 'contenders/writing-alone.ts', title: 'the floor, with our comparison and text made each time' },
  ours: { module: 'contenders/ours.ts', title: 'ours' },
  oursUnzipped: { module: 'contenders/ours-unzipped.ts', title: 'ours, its gzip taken out' },
  batchedFastJsonPatch: { module: 'peers/batched-fast-json-patch.ts', title: 'one POST a batch: unmarshall, fast-json-patch, fetch' },
  batchedRfc6902: { module: 'peers/batched-rfc6902.ts', title: 'one POST a batch: unmarshall, rfc6902, fetch' },
  powertools: { module: 'peers/powertools-batch.ts', title: 'Powertools batch: a POST a record in parallel, fetch' },
  powertoolsPool: { module: 'peers/powertools-pool.ts', title: 'the same by node:http over 50 connections' },
  blogPost: { module: 'peers/post-per-record.ts', title: 'a POST a record, one after the other, fetch' },
} as const;

export type ContenderName = keyof typeof CONTENDERS;
