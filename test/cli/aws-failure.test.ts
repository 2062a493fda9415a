import { describeAwsFailure } from '../../cli/aws-failure.ts';

const failure = (name: string, message = 'why', more = {}): Error => Object.assign(new Error(message), { name, ...more });
const access = { table: 'T', region: 'eu-west-1' };

test.each<[Error, string]>([
  [failure('ResourceNotFoundException'), 'there is no table "T" in region eu-west-1: check --table and --region'],
  [failure('ValidationException', 'The table does not have the specified index: open-items'), 'table "T" has not the keys and the index of parked events'],
  [failure('ValidationException', 'Query condition missed key schema element'), '--table must name a table of parked events, not the table that they come from'],
  [failure('ValidationException', 'The provided key element does not match the schema'), '--table must name a table of parked events'],
  [failure('TimeoutError', 'no response within 10000 ms'), 'no answer comes from DynamoDB in region eu-west-1: no response within 10000 ms'],
  [failure('ValidationException', "1 validation error detected: Value 'T' at 'tableName' failed to satisfy constraint"), '--table must be the name or the ARN of a table, got "T"'],
  [failure('ValidationException', 'Invalid table/index name.  Table/index names must be'), '--table must be the name or the ARN of a table, got "T"'],
  [failure('AccessDeniedException', 'User: x is not authorized to perform: dynamodb:Query'), 'list and show need dynamodb:Query'],
  [failure('CredentialsProviderError'), 'there are no AWS credentials: set AWS_PROFILE, or sign in (why)'],
  [failure('TokenProviderError'), 'there are no AWS credentials'],
  [failure('ExpiredTokenException'), 'the AWS credentials are not taken: sign in again'],
  [failure('UnrecognizedClientException'), 'the AWS credentials are not taken'],
  [failure('Error', 'Region is missing'), 'there is no region "eu-west-1": give --region, or set AWS_REGION'],
  [failure('Error', 'Region not accepted: region="-" is not a valid hostname component.'), 'there is no region "eu-west-1": give --region'],
  [failure('Error', 'connect', { code: 'ECONNREFUSED' }), 'nobody answers at DynamoDB in region eu-west-1 (ECONNREFUSED)'],
])('%s is told in words', (error, text) => {
  expect(describeAwsFailure(error, access)).toContain(text);
});

test('where nothing answers, the endpoint that was given is named', () => {
  const error = failure('Error', '', { code: 'ECONNREFUSED' });
  expect(describeAwsFailure(error, { ...access, endpoint: 'http://127.0.0.1:1' })).toBe('nobody answers at http://127.0.0.1:1 (ECONNREFUSED)');
});

test.each([failure('TypeError'), failure('ValidationException', 'other'), 'text'])('%s is left to its stack', (error) => {
  expect(describeAwsFailure(error, access)).toBeUndefined();
});
