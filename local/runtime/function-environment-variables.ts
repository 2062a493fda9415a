import type { FunctionConfiguration } from './function-configuration.ts';

/** Endpoints of the local services, as functions and tests reach them. */
export interface Endpoints {
  readonly dynamodb: string;
  readonly sqs: string;
  readonly secretsManager: string;
}

/**
 * The environment of a function's process: the template's variables and those that Lambda defines, and nothing else.
 * The SDK finds the local services by its own endpoint variables.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function functionEnvironmentVariables(configuration: FunctionConfiguration, taskRoot: string, region: string, endpoints: Endpoints): Record<string, string> {
  return {
    ...configuration.environment,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamodb,
    AWS_ENDPOINT_URL_DYNAMODB_STREAMS: endpoints.dynamodb,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.secretsManager,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: configuration.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(configuration.memorySize),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: configuration.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${configuration.functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    LAMBDA_TASK_ROOT: taskRoot,
    _HANDLER: configuration.handler,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    PATH: '/usr/local/bin:/usr/bin:/bin',
  };
}

/**
 * Replaces addresses of the outside world by local ones, wherever they occur in a value.
 * @param addresses - what to put for each address, such as `https://nakadi.example.org`.
 */
export function replaceAddresses(variables: Readonly<Record<string, string>>, addresses: Readonly<Record<string, string>>): Record<string, string> {
  // The longest first, so that an address is not taken for a shorter one that it starts with.
  const replacements = Object.entries(addresses).sort(([left], [right]) => right.length - left.length);
  return Object.fromEntries(Object.entries(variables)
    .map(([name, value]) => [name, replacements.reduce((replaced, [address, local]) => replaced.replaceAll(address, () => local), value)]));
}
