import { randomUUID } from 'node:crypto';

/** One secret with its current and its previous value. */
export interface Secret {
  readonly arn: string;
  readonly name: string;
  readonly createdDate: Date;
  /** Newest first; two at most. */
  readonly versions: readonly SecretVersion[];
}

/** One value of a secret. */
export interface SecretVersion {
  readonly versionId: string;
  readonly secretString: string;
}

/** The secrets that the local Secrets Manager holds. Values can change while functions run. */
export class Secrets {
  readonly #secrets = new Map<string, Secret>();

  /** Sets the current value; the one before becomes `AWSPREVIOUS`. */
  put(arn: string, name: string, secretString: string): void {
    const known = this.#secrets.get(arn);
    const version = { versionId: randomUUID(), secretString };
    this.#secrets.set(arn, { arn, name, createdDate: known?.createdDate ?? new Date(), versions: [version, ...known?.versions ?? []].slice(0, 2) });
  }

  /**
   * Finds a secret as `SecretId` names one: by its ARN, its name, or its ARN without the six random characters.
   * The ARN may be that of another account or region, since a secret that a stack imports lives there.
   * @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
   */
  find(secretId: string): Secret | undefined {
    const known = this.#secrets.get(secretId);
    if (known) return known;
    const inArn = nameInSecretArn(secretId) ?? secretId;
    const names = [secretId, inArn, inArn.replace(/-[A-Za-z0-9]{6}$/, '')];
    return [...this.#secrets.values()].find(({ arn, name }) => names.includes(name) || arn.replace(/-[A-Za-z0-9]{6}$/, '') === secretId);
  }
}

/** The name in a secret's ARN, with its six random characters where it has them; `undefined` for anything but such an ARN. */
export function nameInSecretArn(arn: string): string | undefined {
  return /^arn:[^:]+:secretsmanager:[^:]*:[^:]*:secret:(.+)$/.exec(arn)?.[1];
}
