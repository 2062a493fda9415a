import type { TableAccess } from './command-line.ts';

/** Errors of the AWS SDK about credentials that it has, but that are not taken. */
const REFUSED_CREDENTIALS = new Set([
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidSignatureException',
  'UnrecognizedClientException',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
]);

/** What is wrong, and what to do about it, in words; undefined for errors that nobody foresaw. */
export function describeAwsFailure(error: unknown, { table, region, endpoint }: TableAccess): string | undefined {
  if (!(error instanceof Error)) {
    return undefined;
  }
  const where = endpoint ?? (region === undefined ? 'the region of this environment' : `region ${region}`);
  if (error.name === 'ResourceNotFoundException') {
    return `there is no table ${JSON.stringify(table)} in ${where}: check --table and --region, and the account of the credentials`;
  }
  if (error.name === 'ValidationException' && /table\/index name|'tableName'/i.test(error.message)) {
    return `--table must be the name or the ARN of a table, got ${JSON.stringify(table)}`;
  }
  if (error.name === 'ValidationException' && /index|key/i.test(error.message)) {
    return `table ${JSON.stringify(table)} has not the keys and the index of parked events: --table must name a table of parked events, not the table that they come from`;
  }
  if (error.name === 'AccessDeniedException') {
    return (
      `${error.message}\naccess denied: list and show need dynamodb:Query (on the table and its index) and dynamodb:GetItem; retry needs` +
      ' dynamodb:UpdateItem, too; skip dynamodb:UpdateItem, dynamodb:PutItem and dynamodb:DeleteItem'
    );
  }
  if (error.name === 'CredentialsProviderError' || error.name === 'TokenProviderError') {
    return `there are no AWS credentials: set AWS_PROFILE, or sign in (${error.message})`;
  }
  if (REFUSED_CREDENTIALS.has(error.name)) {
    return `the AWS credentials are not taken: sign in again, or set another AWS_PROFILE (${error.message})`;
  }
  if (/^Region (is missing|not accepted)/.test(error.message)) {
    return `there is no region ${JSON.stringify(region ?? process.env.AWS_REGION ?? '')}: give --region, or set AWS_REGION`;
  }
  const code = (error as { code?: unknown }).code;
  if (error.name === 'TimeoutError') {
    return `no answer comes from ${endpoint ?? `DynamoDB in ${where}`}: ${error.message}`;
  }
  if (code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return `nobody answers at ${endpoint ?? `DynamoDB in ${where}`} (${code})`;
  }
  return undefined;
}
