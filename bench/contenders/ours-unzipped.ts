import { syncBuiltinESMExports } from 'node:module';
import zlib from 'node:zlib';
import type { Contender } from './contender.ts';
import ours from './ours.ts';

/**
 * The same relay, whose gzip hands its input on. The product always compresses; this tells what that costs.
 */
const oursUnzipped: Contender = (targets, payloads) => {
  zlib.gzipSync = ((input: Buffer) => input) as typeof zlib.gzipSync;
  syncBuiltinESMExports();
  return ours(targets, payloads);
};

export default oursUnzipped;
