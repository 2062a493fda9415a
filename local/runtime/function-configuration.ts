import type { FileAsset } from './cloud-assembly.ts';
import { TemplateError } from './errors.ts';
import { isObject, type JsonObject } from './json.ts';
import { describe, type Resource } from './resources.ts';

/** What the template says about a function. */
export interface FunctionConfiguration {
  readonly functionName: string;
  readonly functionArn: string;
  /** `file.export`, such as `index.handler`. */
  readonly handler: string;
  readonly runtime: string;
  /** Seconds. */
  readonly timeout: number;
  /** Mebibytes. */
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>>;
  /** How the runtime writes what a function logs with `console`. */
  readonly logFormat: 'Text' | 'JSON';
  readonly code: FunctionCode;
  /** Most processes at once; no bound when absent. */
  readonly reservedConcurrentExecutions?: number;
}

/** Where a function's code is: a folder, or the text of one file. */
export type FunctionCode = { readonly folder: string } | { readonly zipFile: string };

/**
 * Reads the properties of an `AWS::Lambda::Function`; absent ones get Lambda's defaults.
 * @param properties - resolved.
 * @throws TemplateError for a function that is not Node.js, or whose code is not in the cloud assembly as a folder.
 */
export function readFunctionConfiguration(resource: Resource, properties: JsonObject): FunctionConfiguration {
  const runtime = String(properties.Runtime ?? '');
  if (!runtime.startsWith('nodejs')) {
    throw new TemplateError(`${describe(resource)} has the runtime ${runtime || 'of a container image'}; the local runtime runs Node.js functions only`);
  }
  if (properties.Layers !== undefined && Array.isArray(properties.Layers) && properties.Layers.length > 0) {
    throw new TemplateError(`${describe(resource)} uses layers, which the local runtime does not support`);
  }
  const variables = isObject(properties.Environment) && isObject(properties.Environment.Variables) ? properties.Environment.Variables : {};
  return {
    functionName: resource.name,
    functionArn: resource.attributes.Arn,
    handler: String(properties.Handler ?? 'index.handler'),
    runtime,
    timeout: Number(properties.Timeout ?? 3),
    memorySize: Number(properties.MemorySize ?? 128),
    environment: Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, String(value)])),
    logFormat: isObject(properties.LoggingConfig) && properties.LoggingConfig.LogFormat === 'JSON' ? 'JSON' : 'Text',
    code: functionCode(resource, isObject(properties.Code) ? properties.Code : {}),
    ...(properties.ReservedConcurrentExecutions === undefined ? {} : { reservedConcurrentExecutions: Number(properties.ReservedConcurrentExecutions) }),
  };
}

function functionCode(resource: Resource, code: Record<string, unknown>): FunctionCode {
  if (typeof code.ZipFile === 'string') return { zipFile: code.ZipFile };
  const asset: FileAsset | undefined = resource.stack.assets.get(String(code.S3Key));
  if (!asset) throw new TemplateError(`${describe(resource)} has its code in ${JSON.stringify(code)}, which is no file asset of the cloud assembly`);
  if (asset.packaging !== 'zip') throw new TemplateError(`${describe(resource)} has its code in an archive; the local runtime needs an asset that is a folder`);
  return { folder: asset.path };
}
