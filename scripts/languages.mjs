// npm run languages: synthesizes one app, the order store, in TypeScript, Python, Java and Go, each with the package that a release would ship,
// and compares the templates. What a language needs is downloaded by its own client; a language that the machine does not have is not run.
// With names of languages it runs only these, for instance `npm run languages -- Python Go`. Ends with 1 where a template differs or an app fails, with 3
// where one was not run and the others are equal.
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { LANGUAGES, synthesize, TYPESCRIPT } from './language-apps.mjs';
import { generate, unpackPackage } from './packed-package.mjs';

const examples = path.join(path.dirname(import.meta.dirname), 'examples');
const wanted = process.argv.slice(2).map((name) => name.toLowerCase());
const unknown = wanted.filter((name) => !LANGUAGES.some((language) => language.name.toLowerCase() === name));
if (unknown.length > 0) {
  console.error(`languages must be of ${LANGUAGES.map(({ name }) => name).join(', ')}, got ${unknown.join(', ')}`);
  process.exit(2);
}

/** Where two templates part first, as a JSON pointer. */
function difference(one, other, pointer = '') {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return pointer;
  }
  const key = Object.keys({ ...one, ...other }).find((name) => !isDeepStrictEqual(one[name], other[name]));
  return difference(one[key], other[key], `${pointer}/${key}`);
}

const firstLines = (error) => error.message.split('\n').slice(0, 3).join(' ').slice(0, 400);

/** Exit codes, the weightier first. */
const NOT_RUN = 3;
const WEIGHTS = [1, NOT_RUN, 0];

/** One language: a line that says how it went, and the exit code that goes with it. */
function compare(language, place, expected) {
  try {
    language.prepare(place);
  } catch (error) {
    return { line: `not run (${firstLines(error)})`, exitCode: NOT_RUN };
  }
  try {
    language.build(place);
    const template = synthesize(language, place);
    return isDeepStrictEqual(template, expected) ? { line: 'equal', exitCode: 0 } : { line: `different, at ${difference(expected, template)}`, exitCode: 1 };
  } catch (error) {
    return { line: `failed\n${error.message}`, exitCode: 1 };
  }
}

const folder = mkdtempSync(path.join(tmpdir(), 'outbox-languages-'));
function placeOf({ folder: app, name }) {
  const place = { app: path.join(folder, name), scratch: path.join(folder, `${name}-scratch`), library: path.join(folder, 'node_modules/cdk-outbox-table') };
  cpSync(path.join(examples, app), place.app, { recursive: true });
  mkdirSync(place.scratch);
  return place;
}

try {
  const library = unpackPackage(folder);
  const expected = synthesize(TYPESCRIPT, placeOf(TYPESCRIPT));
  console.log(`TypeScript: ${Object.keys(expected.Resources).length} resources`);

  for (const language of LANGUAGES.filter(({ name }) => wanted.length === 0 || wanted.includes(name.toLowerCase()))) {
    const start = Date.now();
    const { line, exitCode } = compare(language, placeOf(language), expected);
    console.log(`${language.name}: ${line} (${Math.round((Date.now() - start) / 1000)} s)`);
    process.exitCode = WEIGHTS.find((weight) => weight === exitCode || weight === (process.exitCode ?? 0));
  }
  if (wanted.length === 0) {
    generate(library, path.join(folder, 'code'), '--targets', 'dotnet', '--code-only');
    console.log('.NET: not run (its code is generated, not compiled)');
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
