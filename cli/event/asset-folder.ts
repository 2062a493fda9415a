import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { UsageError } from '../usage-error.ts';
import { readText } from './text-file.ts';

interface AssetManifest {
  readonly files?: Record<string, { readonly source: { readonly path?: string }; readonly destinations: Record<string, { readonly objectKey: string }> }>;
}

/**
 * The folder with a function's code. Only the asset manifests beside a template tell where it is: the assets of a stage lie with those of the
 * app, and a nested stack has no manifest of its own.
 *
 * @param template path of the template
 * @param objectKey what the template names the code
 * @throws UsageError where it is not there
 */
export function assetFolder(template: string, objectKey: unknown): string {
  const directory = path.dirname(path.resolve(template));
  for (const file of readdirSync(directory).filter((name) => name.endsWith('.assets.json'))) {
    const { files = {} } = JSON.parse(readText(path.join(directory, file))) as AssetManifest;
    const asset = Object.values(files).find(({ destinations }) => Object.values(destinations).some((destination) => destination.objectKey === objectKey));
    const folder = asset?.source.path === undefined ? undefined : path.resolve(directory, asset.source.path);
    if (folder !== undefined && existsSync(folder)) {
      return folder;
    }
  }
  throw new UsageError(`${template} has a mapping, whose code no .assets.json beside the template leads to: name the template where cdk synth wrote it`);
}
