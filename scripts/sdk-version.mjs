import { readFile } from 'node:fs/promises';

/** Takes of a client's package.json the version, which is all that the SDK reads of it: the whole file is 2.4 kB in a bundle, for each client. */
export const SDK_VERSION = {
  name: 'sdk-version',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[a-z-]+[\\/]package\.json$/ }, async ({ path: file }) => {
      const { version } = JSON.parse(await readFile(file, 'utf8'));
      return { contents: JSON.stringify({ version }), loader: 'json' };
    });
  },
};
