import type { BuildOptions } from 'esbuild';

export const HANDLERS: readonly string[];
export const BUNDLE: BuildOptions;
export const HANDLER_BUNDLE: BuildOptions;
export function bundleHandlers(root: string, outdir: string): Promise<void>;
