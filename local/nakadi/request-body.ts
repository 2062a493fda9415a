import type { IncomingMessage } from 'node:http';
import { promisify } from 'node:util';
import { gunzip, zstdDecompress } from 'node:zlib';
import { Problem } from './problem.ts';

const DECODERS = { gzip: promisify(gunzip), zstd: promisify(zstdDecompress) } as const;

/**
 * Reads and decodes the body of a request.
 *
 * Throws a problem: 413 above `maxBytes` (of the decoded body), 415 for an unknown encoding, 400 for a broken one, for bytes
 * that are not UTF-8, and for a body that the client breaks off.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string> {
  const body = await readBytes(request, maxBytes);
  const decoded = await decode(body, request.headers['content-encoding'] ?? 'identity', maxBytes);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(decoded);
  } catch {
    throw new Problem(400, 'the body is not UTF-8');
  }
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      // What is too much is read and dropped, so that the client can finish and see the answer.
      if (bytes <= maxBytes) chunks.push(chunk);
    }
  } catch {
    throw new Problem(400, 'the body broke off');
  }
  if (bytes > maxBytes) throw tooLarge(maxBytes);
  return Buffer.concat(chunks);
}

async function decode(body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  if (encoding === 'identity') return body;
  if (encoding !== 'gzip' && encoding !== 'zstd') {
    throw new Problem(415, `content encoding ${encoding} is not supported, only gzip and zstd`);
  }
  try {
    return await DECODERS[encoding](body, { maxOutputLength: maxBytes });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(maxBytes);
    throw new Problem(400, `the body is not ${encoding}: ${(cause as Error).message}`);
  }
}

function tooLarge(maxBytes: number): Problem {
  return new Problem(413, `the body has more than ${maxBytes} bytes`);
}
