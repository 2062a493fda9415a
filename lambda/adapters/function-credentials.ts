/**
 * In place of the SDK's chain of credential providers: Lambda gives a function its credentials in the environment, so nothing else is asked, and the
 * clients of the others (single sign-on, STS, instance metadata) are not in the bundle.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';
