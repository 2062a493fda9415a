import { randomInt } from 'node:crypto';
import { isObject, type JsonObject } from './json.ts';

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const NUMBERS = '0123456789';
const PUNCTUATION = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

/**
 * The first value of an `AWS::SecretsManager::Secret`: its `SecretString`, or one generated as `GenerateSecretString` asks.
 * @param properties - the resource's properties, resolved.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-secretsmanager-secret-generatesecretstring.html
 */
export function initialSecretString(properties: JsonObject): string {
  if (typeof properties.SecretString === 'string') return properties.SecretString;
  const generate = isObject(properties.GenerateSecretString) ? properties.GenerateSecretString : {};
  const password = generatePassword(generate);
  if (typeof generate.SecretStringTemplate !== 'string' || typeof generate.GenerateStringKey !== 'string') return password;
  return JSON.stringify({ ...JSON.parse(generate.SecretStringTemplate) as JsonObject, [generate.GenerateStringKey]: password });
}

function generatePassword(generate: Record<string, unknown>): string {
  const excluded = String(generate.ExcludeCharacters ?? '');
  const alphabet = [
    generate.ExcludeUppercase === true ? '' : UPPER,
    generate.ExcludeLowercase === true ? '' : LOWER,
    generate.ExcludeNumbers === true ? '' : NUMBERS,
    generate.ExcludePunctuation === true ? '' : PUNCTUATION,
    generate.IncludeSpace === true ? ' ' : '',
  ].join('').split('').filter((character) => !excluded.includes(character));
  if (alphabet.length === 0) return '';
  return Array.from({ length: Number(generate.PasswordLength ?? 32) }, () => alphabet[randomInt(alphabet.length)]).join('');
}
