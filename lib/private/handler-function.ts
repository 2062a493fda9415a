import { cpSync } from 'node:fs';
import * as path from 'node:path';
import { DockerImage, FileSystem, RemovalPolicy, type Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { EventMapping } from '../event-mapping';
import type { OutboxRelayOptions } from '../outbox-relay-options';
import { acknowledgeNag, needsUnlimitedActions } from './nag-acknowledgements';
import { NETWORK_ACTIONS, type Network } from './network';

/** Folder of the bundled handlers, the same distance from the sources as from the compiled files. */
const BUNDLES = path.join(__dirname, '..', '..', 'lambda', 'dist');

export interface HandlerFunctionProps {
  /** Name of the bundle: a folder below `lambda/dist`. */
  readonly bundle: 'relay' | 'requeue';
  /** Mappings of the team that stand beside the bundle, and their names. */
  readonly mappings: ReadonlyMap<EventMapping, string>;
  readonly description: string;
  readonly environment: Record<string, string>;
  readonly memorySize: number;
  readonly timeout: Duration;
  /** What both functions have in common. */
  readonly options: OutboxRelayOptions;
  readonly network?: Network;
}

/**
 * One of the outbox's functions: its bundle, its log group and a role that may do nothing yet but write its logs.
 */
export class HandlerFunction extends Construct {
  public readonly function: lambda.Function;
  public readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: HandlerFunctionProps) {
    super(scope, id);

    const { architecture, tracing, logLevel, logRetention, logRemovalPolicy, relayEncryptionKey } = props.options;

    this.logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logRetention ?? logs.RetentionDays.ONE_MONTH,
      removalPolicy: logRemovalPolicy ?? RemovalPolicy.DESTROY,
      encryptionKey: relayEncryptionKey,
    });

    // A role of our own: the one that CDK would make carries AWSLambdaBasicExecutionRole, which may write to every log group.
    const role = new iam.Role(this, 'Role', { assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com') });
    role.addToPrincipalPolicy(
      new iam.PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    if (props.network !== undefined) {
      role.addToPrincipalPolicy(new iam.PolicyStatement({ actions: NETWORK_ACTIONS, resources: ['*'] }));
    }

    this.function = new lambda.Function(this, 'Function', {
      description: props.description,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: architecture ?? lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: handlerCode(path.join(BUNDLES, props.bundle), props.mappings),
      memorySize: props.memorySize,
      timeout: props.timeout,
      environment: props.environment,
      environmentEncryption: relayEncryptionKey,
      role,
      logGroup: this.logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      applicationLogLevelV2: logLevel ?? lambda.ApplicationLogLevel.INFO,
      tracing: tracing ?? lambda.Tracing.DISABLED,
      ...props.network,
    });
    acknowledgeNag(this.function, `${props.bundle}Function`);
    if (needsUnlimitedActions(props.options)) {
      acknowledgeNag(role, 'unlimitedActions');
    }
  }
}

/** The bundle as it is shipped, and modules of the team beside it. Files are copied; nothing is bundled at synth. */
function handlerCode(bundle: string, mappings: ReadonlyMap<EventMapping, string>): lambda.Code {
  if (mappings.size === 0) {
    return lambda.Code.fromAsset(bundle);
  }
  return lambda.Code.fromAsset(bundle, {
    // Said here, because the CDK stages a folder once for the same options, and does not look at what the bundling puts beside it.
    assetHash: [FileSystem.fingerprint(bundle), ...[...mappings].map(([mapping, name]) => name + mapping._digest)].join(' '),
    bundling: {
      image: DockerImage.fromRegistry('none'), // required by the type; the local bundling below always does it
      local: {
        tryBundle(outputDir: string): boolean {
          cpSync(bundle, outputDir, { recursive: true });
          mappings.forEach((name, mapping) => {
            mapping._copyTo(path.join(outputDir, name));
          });
          return true;
        },
      },
    },
  });
}
