/** Resource types that the runtime creates or runs. */
export const SUPPORTED_TYPES = {
  table: ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'],
  queue: ['AWS::SQS::Queue'],
  secret: ['AWS::SecretsManager::Secret'],
  function: ['AWS::Lambda::Function'],
  alias: ['AWS::Lambda::Alias', 'AWS::Lambda::Version'],
  asyncConfiguration: ['AWS::Lambda::EventInvokeConfig'],
  eventSourceMapping: ['AWS::Lambda::EventSourceMapping'],
  schedule: ['AWS::Scheduler::Schedule', 'AWS::Events::Rule'],
} as const;

/** What a supported resource is to the runtime. */
export type ResourceKind = keyof typeof SUPPORTED_TYPES;

/** Types (or, with a final `*`, families of types) that change nothing about what an app does on one machine. */
const IGNORED_TYPES = [
  'AWS::IAM::*', 'AWS::Logs::*', 'AWS::CloudWatch::*', 'AWS::KMS::*', 'AWS::CDK::Metadata', 'AWS::ApplicationAutoScaling::*',
  'AWS::Lambda::Permission', 'AWS::SQS::QueuePolicy', 'AWS::Scheduler::ScheduleGroup', 'AWS::ResourceGroups::*', 'AWS::ApplicationInsights::*',
  'AWS::SecretsManager::ResourcePolicy', 'AWS::SecretsManager::RotationSchedule', 'AWS::XRay::*', 'AWS::Synthetics::*', 'AWS::Budgets::*',
  'AWS::EC2::*', 'AWS::ServiceCatalogAppRegistry::*',
];

/**
 * What the runtime does with resources of a type.
 * @returns the kind that it creates, `ignored` for types without an effect on one machine, `unsupported` for all others.
 */
export function resourceKind(type: string): ResourceKind | 'ignored' | 'unsupported' {
  for (const [kind, types] of Object.entries(SUPPORTED_TYPES)) {
    if ((types as readonly string[]).includes(type)) return kind as ResourceKind;
  }
  return IGNORED_TYPES.some((ignored) => matchesType(ignored, type)) ? 'ignored' : 'unsupported';
}

/** Whether a type is the given one, or of the given family (`AWS::S3::*`). */
export function matchesType(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type;
}
