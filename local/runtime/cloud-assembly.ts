import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { errorMessage, TemplateError } from './errors.ts';
import type { Json, JsonObject } from './json.ts';

/** A resource of a CloudFormation template, its intrinsic functions unresolved. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly Metadata?: JsonObject;
  readonly Condition?: string;
}

/** The parts of a CloudFormation template that the runtime reads. */
export interface Template {
  readonly Resources?: Record<string, TemplateResource>;
  readonly Parameters?: Record<string, { readonly Type: string; readonly Default?: Json }>;
  readonly Conditions?: Record<string, Json>;
  readonly Mappings?: Record<string, Record<string, Record<string, Json>>>;
  readonly Outputs?: Record<string, { readonly Value: Json; readonly Condition?: string; readonly Export?: { readonly Name: Json } }>;
}

/** A file asset: a folder that Lambda gets as a zip archive, or a single file. */
export interface FileAsset {
  readonly path: string;
  readonly packaging: string;
}

/** One stack of a cloud assembly. */
export interface Stack {
  /** The artifact's id in the manifest. */
  readonly id: string;
  readonly stackName: string;
  readonly template: Template;
  /** Region of the stack's environment; absent when the stack is environment-agnostic. */
  readonly region?: string;
  /** Construct path of each logical id, such as `Orders/Table/Resource`. */
  readonly paths: ReadonlyMap<string, string>;
  /** File assets by the object key that the template uses. */
  readonly assets: ReadonlyMap<string, FileAsset>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly properties?: { templateFile?: string; stackName?: string; file?: string; directoryName?: string };
  readonly metadata?: Record<string, MetadataEntry[]>;
  readonly additionalMetadataFile?: string;
}

interface MetadataEntry {
  readonly type: string;
  readonly data?: unknown;
}

interface AssetManifest {
  readonly files?: Record<string, { source: { path?: string; packaging: string }; destinations: Record<string, { objectKey: string }> }>;
}

/**
 * Reads the stacks of a synthesized cloud assembly, those of its stages included.
 * @param directory - the output of `cdk synth`, such as `cdk.out`.
 * @throws TemplateError where the directory holds no cloud assembly.
 */
export function readCloudAssembly(directory: string): Stack[] {
  const root = resolve(directory);
  if (!existsSync(join(root, 'manifest.json'))) {
    throw new TemplateError(`${directory} holds no cloud assembly (no manifest.json); run cdk synth, and give its output directory`);
  }
  const { artifacts = {} } = readJson<{ artifacts?: Record<string, Artifact> }>(join(root, 'manifest.json'));
  const assets = new Map(Object.values(artifacts).filter((artifact) => artifact.type === 'cdk:asset-manifest')
    .flatMap((artifact) => fileAssets(root, artifact)));
  return Object.entries(artifacts).flatMap(([id, artifact]) => {
    if (artifact.type === 'cdk:cloud-assembly') return readCloudAssembly(join(root, artifact.properties?.directoryName ?? ''));
    return artifact.type === 'aws:cloudformation:stack' ? [readStack(root, id, artifact, assets)] : [];
  });
}

function readStack(root: string, id: string, artifact: Artifact, assets: ReadonlyMap<string, FileAsset>): Stack {
  const template = readJson<Template>(join(root, artifact.properties?.templateFile ?? ''));
  const region = artifact.environment?.split('/').at(-1);
  return {
    id,
    stackName: artifact.properties?.stackName ?? id,
    template,
    ...(region && region !== 'unknown-region' ? { region } : {}),
    paths: constructPaths(root, artifact, template),
    assets,
  };
}

/** From the metadata that CDK keeps beside or in the template; a template without any has no paths. */
function constructPaths(root: string, artifact: Artifact, template: Template): Map<string, string> {
  const paths = new Map<string, string>();
  const metadata = {
    ...artifact.metadata,
    ...(artifact.additionalMetadataFile ? readJson<Record<string, MetadataEntry[]>>(join(root, artifact.additionalMetadataFile)) : {}),
  };
  for (const [path, entries] of Object.entries(metadata)) {
    for (const entry of entries) {
      if (entry.type === 'aws:cdk:logicalId' && typeof entry.data === 'string') paths.set(entry.data, path.replace(/^\//, ''));
    }
  }
  for (const [logicalId, resource] of Object.entries(template.Resources ?? {})) {
    const path = resource.Metadata?.['aws:cdk:path'];
    if (typeof path === 'string') paths.set(logicalId, path);
  }
  return paths;
}

function fileAssets(root: string, artifact: Artifact): [string, FileAsset][] {
  const manifest = readJson<AssetManifest>(join(root, artifact.properties?.file ?? ''));
  return Object.values(manifest.files ?? {}).flatMap(({ source, destinations }) => Object.values(destinations)
    .map(({ objectKey }): [string, FileAsset] => [objectKey, { path: resolve(root, source.path ?? ''), packaging: source.packaging }]));
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new TemplateError(`cannot read ${file} of the cloud assembly: ${errorMessage(error)}`, { cause: error });
  }
}
