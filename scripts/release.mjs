// npm run release: checks that this commit can be released, and builds the packages of all languages into dist/, without the network. It publishes
// nothing: what is in dist/ is uploaded with each registry's own client, then the commit is tagged v<version>. Python's tools come from the
// folder that PIP_FIND_LINKS names, Java's from Maven's own folder.
// With --dry-run it tells what is wrong, and builds all the same.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate, run, unpackPackage } from './packed-package.mjs';

const root = path.dirname(import.meta.dirname);
const dist = path.join(root, 'dist');
const read = (file) => readFileSync(path.join(root, file), 'utf8');
const git = (...args) => run('git', args, { cwd: root }).trimEnd();

/** The line of a tool's output that says why it failed. */
const reason = ({ message }) => message.slice(message.indexOf(' failed: ') + 9).split('\n').find((line) => /error/i.test(line))?.trim() ?? message;

const args = process.argv.slice(2);
if (args.some((arg) => arg !== '--dry-run')) {
  console.error(`release takes --dry-run and nothing else, got ${args.join(' ')}`);
  process.exit(2);
}
const dryRun = args.length > 0;
const { version, jsii } = JSON.parse(read('package.json'));

/** What is wrong with version and changelog, given the tag of the last release. */
function versionFaults(lastTag) {
  const changelog = read('CHANGELOG.md').split(/^## /m).slice(1);
  const unreleased = changelog.find((section) => section.startsWith('Unreleased')) ?? '';
  const [newest] = changelog.filter((section) => section !== unreleased).map((section) => /^\[?([^\]\s]+)/.exec(section)?.[1]);
  return [
    JSON.parse(read('package-lock.json')).version !== version && 'package-lock.json has another version than package.json: run npm install --package-lock-only',
    newest !== version && `the newest release in CHANGELOG.md is ${newest ?? 'none'}, and package.json has ${version}: give it a section "## ${version}"`,
    unreleased.includes('\n- ') && `CHANGELOG.md has changes under Unreleased: move them under ${version}`,
    lastTag === `v${version}` && `${lastTag} is released already: raise the version in package.json`,
  ];
}

/** Whether a version may break what an older one has: before 1.0.0 each minor one may. */
function mayBreak(older) {
  const [[oldMajor, oldMinor], [major, minor]] = [older, version].map((each) => each.split('.').map(Number));
  return major > oldMajor || (major === 0 && oldMajor === 0 && minor > oldMinor);
}

/** What the API has lost since the last release. */
function compatibilityFaults(lastTag, folder) {
  if (lastTag === undefined) {
    console.log('API: not compared, there is no release yet');
    return [];
  }
  const older = path.join(folder, 'older');
  mkdirSync(older);
  run('sh', ['-c', `git archive ${lastTag} | tar -x -C "$0"`, older], { cwd: root });
  symlinkSync(path.join(root, 'node_modules'), path.join(older, 'node_modules'));
  run('jsii', ['--silence-warnings=reserved-word'], { cwd: older });
  try {
    run('jsii-diff', [older, root, '--error-on', 'all', '--default-stability', 'experimental'], { cwd: root });
    console.log(`API: compatible with ${lastTag}`);
    return [];
  } catch (error) {
    console.log(`API: not compatible with ${lastTag}\n${error.message}`);
    return [!mayBreak(lastTag.slice(1)) && `the API breaks what ${lastTag} had: raise the ${version.startsWith('0.') ? 'minor' : 'major'} version, or keep it compatible`];
  }
}

/** Languages whose package is its code: it is compiled by those who use it. */
const CODE_ONLY = new Set(['go']);

/** Builds each language's package; where its tools or their downloads are missing, only its code. */
function buildPackages(library) {
  Object.assign(process.env, { PIP_NO_INDEX: '1', MAVEN_ARGS: '--offline' });
  return Object.keys(jsii.targets).sort().map((language) => {
    const scratch = path.join(library, '..', '..', language);
    try {
      generate(library, scratch, '--targets', language, ...(CODE_ONLY.has(language) ? ['--code-only'] : []));
      console.log(`${language}: built`);
      return false;
    } catch (error) {
      rmSync(scratch, { recursive: true, force: true });
      generate(library, scratch, '--targets', language, '--code-only');
      return `${language}: only the code is there, the package is not built (${reason(error)})`;
    } finally {
      cpSync(scratch, dist, { recursive: true });
    }
  });
}

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-release-'));
process.env.TMPDIR = folder; // what the tools leave there goes with it
try {
  const [lastTag] = git('tag', '--list', 'v*', '--merged', 'HEAD', '--sort=-version:refname').split('\n').filter(Boolean);
  const dirty = git('status', '--porcelain');
  const checks = [dirty !== '' && `the tree is not clean: commit or remove\n${dirty}`, ...versionFaults(lastTag), ...compatibilityFaults(lastTag, folder)].filter(Boolean);
  checks.forEach((fault) => console.error(`! ${fault}`));
  process.exitCode = checks.length > 0 ? 1 : 0;
  if (checks.length === 0 || dryRun) {
    rmSync(dist, { recursive: true, force: true });
    mkdirSync(path.join(dist, 'js'), { recursive: true });
    run('npm', ['pack', '--ignore-scripts', '--pack-destination', path.join(dist, 'js')], { cwd: root });
    console.log('js: built');
    const missing = buildPackages(unpackPackage(folder)).filter(Boolean);
    missing.forEach((fault) => console.error(`! ${fault}`));
    process.exitCode = checks.length + missing.length > 0 ? 1 : 0;
    console.log(`${version} is in ${dist}${dryRun ? ' (dry run)' : ''}`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
