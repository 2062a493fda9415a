// How the order store of examples/languages is run in each language. `prepare` gets what the language needs of the machine and of its registry:
// where that fails, the app is not run. What fails after it is a fault of ours.
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate, run } from './packed-package.mjs';

const root = path.dirname(import.meta.dirname);
const readJson = (...file) => JSON.parse(readFileSync(path.join(...file), 'utf8'));
const { devDependencies } = readJson(root, 'package.json');

/**
 * @typedef {object} Place
 * @property {string} app copy of the app
 * @property {string} scratch folder for whatever it takes
 * @property {string} library folder of the npm package
 */

/** Python: a virtual environment with the wheel. */
const python = {
  name: 'Python',
  folder: 'languages/python',
  prepare: ({ scratch }) => {
    run('python3', ['-m', 'venv', path.join(scratch, 'venv')]);
    run(path.join(scratch, 'venv/bin/pip'), ['install', `aws-cdk-lib==${devDependencies['aws-cdk-lib']}`, `constructs==${devDependencies.constructs}`]);
  },
  build: ({ app, scratch, library }) => {
    generate(library, scratch, '--targets', 'python');
    run(path.join(scratch, 'venv/bin/pip'), ['install', '--find-links', path.join(scratch, 'python'), '-r', path.join(app, 'requirements.txt')]);
  },
  env: ({ scratch }) => ({ PATH: `${path.join(scratch, 'venv/bin')}${path.delimiter}${process.env.PATH}` }),
};

/** Java: a local repository of its own, so that no earlier build of the library is taken for this one. */
const java = {
  name: 'Java',
  folder: 'languages/java',
  prepare: ({ app, scratch }) => {
    mkdirSync(path.join(app, '.mvn'));
    writeFileSync(path.join(app, '.mvn/maven.config'), `--batch-mode\n-Dmaven.repo.local=${path.join(scratch, 'repository')}\n`);
    run('mvn', ['--quiet', 'dependency:get', `-Dartifact=software.amazon.awscdk:aws-cdk-lib:${devDependencies['aws-cdk-lib']}`], { cwd: app });
  },
  build: ({ scratch, library }) => {
    generate(library, scratch, '--targets', 'java', '--maven-local-repository', path.join(scratch, 'repository'));
    cpSync(path.join(scratch, 'java'), path.join(scratch, 'repository'), { recursive: true });
  },
  env: () => ({}),
};

/** Go: the modules of aws-cdk-lib and what it stands on are generated too, from the very npm packages that are installed here. */
const go = {
  name: 'Go',
  folder: 'languages/go',
  prepare: ({ app }) => {
    run('go', ['mod', 'download', `github.com/aws/jsii-runtime-go@v${devDependencies['jsii-pacmak']}`], { cwd: app });
  },
  build: ({ app, scratch, library }) => {
    const modules = path.join(root, 'node_modules');
    const { dependencies, peerDependencies } = readJson(modules, 'aws-cdk-lib/package.json');
    const packages = ['aws-cdk-lib', ...Object.keys({ ...dependencies, ...peerDependencies })]
      .map((name) => path.join(modules, name))
      .filter((folder) => existsSync(path.join(folder, '.jsii')));
    for (const folder of [library, ...packages]) {
      generate(folder, scratch, '--targets', 'go', '--code-only');
    }
    for (const name of readdirSync(path.join(scratch, 'go'))) {
      const module = path.join(scratch, 'go', name);
      const [, moduleName] = readFileSync(path.join(module, 'go.mod'), 'utf8').split(/\s+/);
      run('go', ['mod', 'edit', `-replace=${moduleName}=${module}`], { cwd: app });
    }
    run('go', ['mod', 'tidy'], { cwd: app });
  },
  // What is compiled lies elsewhere at each run: the machine's cache would only grow.
  env: ({ scratch }) => ({ GOCACHE: path.join(scratch, 'cache') }),
};

export const TYPESCRIPT = { name: 'TypeScript', folder: 'order-store', prepare: () => undefined, build: () => undefined, env: () => ({}) };

export const LANGUAGES = [python, java, go];

/**
 * Synthesizes an app as its cdk.json says.
 *
 * @param {Place} place
 * @returns its template
 */
export function synthesize(language, place) {
  const outdir = path.join(place.scratch, 'cdk.out');
  const env = { ...process.env, CDK_OUTDIR: outdir, JSII_DEPRECATED: 'quiet', CDK_VALIDATION: 'false', ...language.env(place) };
  run(readJson(place.app, 'cdk.json').app, [], { cwd: place.app, env, shell: true });
  return readJson(outdir, 'OrderStore.template.json');
}
