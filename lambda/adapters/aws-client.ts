/**
 * What all clients of AWS have in common. A request that is never answered must not use up the invocation: the SDK itself would wait for ever.
 *
 * All tries together, and one more of what is sent again as it is, take less than the time that an invocation keeps back for parking.
 */
export const AWS_CLIENT = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000, socketTimeout: 4_000, throwOnRequestTimeout: true },
};
