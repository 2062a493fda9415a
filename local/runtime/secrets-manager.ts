import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { errorMessage } from './errors.ts';
import { freePort } from './port.ts';
import type { Secret, Secrets } from './secrets.ts';

/** An answer of the service: HTTP status and body. */
type Answer = readonly [status: number, body: object];

interface Request {
  readonly SecretId?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

/**
 * Secrets Manager's JSON protocol over HTTP: `GetSecretValue`, `DescribeSecret`.
 * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/Welcome.html
 */
export class SecretsManager {
  readonly #server: Server;
  readonly endpoint: string;

  private constructor(server: Server, port: number) {
    this.#server = server;
    this.endpoint = `http://127.0.0.1:${String(port)}`;
  }

  /**
   * @param wantedPort - any free one when absent.
   * @throws ServiceError where the port is taken.
   */
  static async start(secrets: Secrets, wantedPort?: number): Promise<SecretsManager> {
    const port = wantedPort === undefined ? 0 : await freePort(wantedPort, 'ports.secretsManager');
    const server = createServer((request, response) => { void serve(secrets, request, response); });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new SecretsManager(server, (server.address() as AddressInfo).port);
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }
}

async function serve(secrets: Secrets, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let answer: Answer;
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const action = String(request.headers['x-amz-target'] ?? '').replace('secretsmanager.', '');
    answer = perform(secrets, action, JSON.parse(Buffer.concat(chunks).toString() || '{}') as Request);
  } catch (error) {
    answer = refusal('SerializationException', errorMessage(error));
  }
  response.writeHead(answer[0], { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer[1]));
}

function perform(secrets: Secrets, action: string, request: Request): Answer {
  if (action !== 'GetSecretValue' && action !== 'DescribeSecret') {
    return refusal('UnknownOperationException', `the local Secrets Manager knows GetSecretValue and DescribeSecret, not ${action || 'a request without x-amz-target'}`);
  }
  if (!request.SecretId) return refusal('InvalidParameterException', 'You must provide a value for the SecretId parameter.');
  const secret = secrets.find(request.SecretId);
  if (!secret) return refusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  return action === 'GetSecretValue' ? secretValue(secret, request) : description(secret);
}

function secretValue(secret: Secret, { VersionId, VersionStage }: Request): Answer {
  const index = secret.versions.findIndex(({ versionId }, position) => VersionId !== undefined ? versionId === VersionId : stage(position) === (VersionStage ?? 'AWSCURRENT'));
  const version = secret.versions[index];
  if (version === undefined) {
    const wanted = VersionId === undefined ? `staging label: ${VersionStage ?? 'AWSCURRENT'}` : `VersionId: ${VersionId}`;
    return refusal('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${wanted}`);
  }
  return [200, {
    ARN: secret.arn, Name: secret.name, VersionId: version.versionId, SecretString: version.secretString,
    VersionStages: [stage(index)], CreatedDate: secret.createdDate.getTime() / 1000,
  }];
}

function description(secret: Secret): Answer {
  return [200, {
    ARN: secret.arn, Name: secret.name, CreatedDate: secret.createdDate.getTime() / 1000,
    VersionIdsToStages: Object.fromEntries(secret.versions.map(({ versionId }, position) => [versionId, [stage(position)]])),
  }];
}

function stage(position: number): string {
  return position === 0 ? 'AWSCURRENT' : 'AWSPREVIOUS';
}

function refusal(type: string, message: string): Answer {
  return [400, { __type: type, Message: message, message }];
}
