import type { LogLine } from './lambda-function.ts';

/** How a cloud assembly is run on this machine. */
export interface LocalRuntimeOptions {
  /** Output directory of `cdk synth`. */
  readonly assembly: string;

  /** Names of the stacks to run. @default - all of the assembly */
  readonly stacks?: readonly string[];

  /** Region that functions and ARNs see. @default - that of the first stack that has one, else `eu-central-1` */
  readonly region?: string;

  /** Values of template parameters by name. @default - those in the templates */
  readonly parameters?: Readonly<Record<string, string>>;

  /** Resource types (`AWS::S3::Bucket`, `AWS::S3::*`) or logical ids to run without. @default - none */
  readonly ignore?: readonly string[];

  /** What to put for addresses of the outside world, wherever they occur in a function's environment. @default - nothing is replaced */
  readonly addresses?: Readonly<Record<string, string>>;

  /**
   * Values of secrets, by logical id or construct path (secrets of the template), or by name or ARN (imported ones).
   * @default - the template's own values
   */
  readonly secrets?: Readonly<Record<string, string>>;

  /** Milliseconds between two runs of each schedule, in place of what the template says. @default - the template's interval */
  readonly scheduleEvery?: number;

  /** Whether a schedule invokes a function while an earlier asynchronous invocation of it is still under way, as on AWS. @default true */
  readonly scheduleOverlap?: boolean;

  /** Milliseconds before an event source mapping's n-th retry; n starts at 1. @default 200 */
  readonly retrySpacing?: number | ((attempt: number) => number);

  /** Milliseconds between attempts of an asynchronous invocation (on AWS one minute, then two). @default 1000 */
  readonly asyncRetrySpacing?: number;

  /** Milliseconds between two reads of a shard that has nothing new (on AWS 250). @default 100 */
  readonly pollInterval?: number;

  /** Whether processes stand still between invocations, as on AWS. @default true */
  readonly freeze?: boolean;

  /** Services that run already; they are used, and left running. @default - services of this runtime's own */
  readonly endpoints?: { readonly dynamodb?: string; readonly sqs?: string };

  /** Ports of the services that this runtime starts. @default - free ones */
  readonly ports?: { readonly dynamodb?: number; readonly sqs?: number; readonly secretsManager?: number };

  /** The java command. @default - that of JAVA_HOME, else the one on the PATH */
  readonly java?: string;

  /** Largest heap of DynamoDB Local, in mebibytes. @default 1024 */
  readonly heapSize?: number;

  /** What goes wrong on purpose. @default - nothing */
  readonly faults?: Faults;

  /** Sees each line that a function writes. @default - lines are kept with the function only */
  readonly onLog?: (line: LogLine) => void;

  /** Sees what goes wrong inside the runtime itself: reads that fail, messages that are not delivered. @default - written to standard error */
  readonly onError?: (text: string) => void;
}

/** Faults that AWS makes too, only more often. The same seed makes the same choices. */
export interface Faults {
  /** Gives a function a batch again although it succeeded. */
  readonly redelivery?: {
    /** 0 to 1, per successful batch. */
    readonly probability: number;
    readonly seed: number;
    /** From how many of the latest successful batches one is chosen. @default 1 */
    readonly depth?: number;
  };
  /** Kills a function's process when it has done its work, before its answer is seen. */
  readonly killBeforeReturn?: {
    /** 0 to 1, per successful invocation. */
    readonly probability: number;
    readonly seed: number;
    /** Logical id or construct path. @default - all functions */
    readonly function?: string;
  };
}
