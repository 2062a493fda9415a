import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { FileSystem, Token } from 'aws-cdk-lib';
import { moduleSyntax } from './private/module-syntax';
import { shown } from './private/validate-choice';

/**
 * A team's own function that makes the `data` of each event.
 *
 * It is the default export of an ES module, called with one object:
 *
 * - `keys`: the item's key
 * - `newItem`, `oldItem`: the item after and before the change, as plain data; absent where there is none
 * - `event`: the event that would be sent without the mapping
 *
 * and returns the event's `data`, an object, or `undefined` to publish nothing. Attributes that are left out of events are not in what it
 * gets. Numbers that a JavaScript number cannot hold are objects with the field `rawJSON`, which `JSON.stringify` writes with all digits.
 *
 * It must not be asynchronous and must answer within a second. Where it throws, or returns something else, the record is parked with the
 * reason; other items go on.
 *
 * When the app is synthesized, Node.js parses the module and runs nothing of it: without a default export it is refused, and where it cannot be
 * parsed there is a warning. What it makes of records shows `cdk-outbox-table event --template`.
 */
export class EventMapping {
  /**
   * An ES module in one file (`.mjs`) that imports nothing but what Node.js brings, for instance the output of a bundler.
   *
   * It is shipped with the functions as it is. A path that is not absolute starts at the folder in which the app is synthesized.
   *
   * @param file path of the module
   */
  public static fromFile(file: string): EventMapping {
    requireText(file, 'the path of a file');
    const resolved = path.resolve(file);
    if (!existsSync(resolved) || !statSync(resolved).isFile()) {
      throw new Error(`an event mapping must be a file that exists, got ${JSON.stringify(file)}, which is ${resolved}`);
    }
    if (path.extname(resolved) !== '.mjs') {
      throw new Error(`an event mapping must be an ES module whose name ends with .mjs, got ${JSON.stringify(file)}`);
    }
    return EventMapping.fromCode(readFileSync(resolved, 'utf8'), `in the file ${JSON.stringify(file)}`);
  }

  /**
   * A folder with an ES module named `index.mjs` and all that it imports, for instance the output of a bundler.
   *
   * It is shipped with the functions as it is. A path that is not absolute starts at the folder in which the app is synthesized.
   *
   * @param directory path of the folder
   */
  public static fromAsset(directory: string): EventMapping {
    requireText(directory, 'the path of a folder');
    const resolved = path.resolve(directory);
    const index = path.join(resolved, 'index.mjs');
    if (!existsSync(index) || !statSync(index).isFile()) {
      throw new Error(`an event mapping must be a folder with an index.mjs, got ${JSON.stringify(directory)}, which is ${resolved}`);
    }
    const fault = checkModule(readFileSync(index, 'utf8'), `in the index.mjs of ${JSON.stringify(directory)}`);
    const copy = (target: string): void => {
      mkdirSync(target, { recursive: true });
      FileSystem.copyDirectory(resolved, target);
    };
    return new EventMapping('/index.mjs', FileSystem.fingerprint(resolved), copy, fault);
  }

  /**
   * An ES module that is given as text.
   *
   * @param code source of the module
   */
  public static fromInline(code: string): EventMapping {
    requireText(code, 'the text of an ES module');
    if (Token.isUnresolved(code)) {
      throw new Error('an event mapping must be known when the app is synthesized, got text with a value that is known at deployment only: write the value itself');
    }
    return EventMapping.fromCode(code, `in the text ${JSON.stringify(code.length > MAX_QUOTED ? `${code.slice(0, MAX_QUOTED)}...` : code)}`);
  }

  private static fromCode(code: string, given: string): EventMapping {
    const fault = checkModule(code, given);
    // The same on every machine, however it ends lines; JavaScript reads both alike.
    const module = code.replaceAll('\r\n', '\n');
    const copy = (target: string): void => {
      writeFileSync(`${target}.mjs`, module);
    };
    return new EventMapping('.mjs', createHash('sha256').update(module).digest('hex'), copy, fault);
  }

  /**
   * What follows the mapping's name in the path of its module.
   *
   * @internal
   */
  public readonly _suffix: string;

  /**
   * Digest of all that belongs to the module.
   *
   * @internal
   */
  public readonly _digest: string;

  /**
   * Why Node.js cannot parse the module.
   *
   * @internal
   */
  public readonly _fault?: string;

  // A private field keeps the compiler from taking anything else for one of these.
  private readonly copy: (target: string) => void;

  private constructor(suffix: string, digest: string, copyTo: (target: string) => void, fault?: string) {
    this._suffix = suffix;
    this._digest = digest;
    this.copy = copyTo;
    this._fault = fault;
  }

  /**
   * Puts the module, under a name, into the folder of a function's code.
   *
   * @internal
   */
  public _copyTo(target: string): void {
    this.copy(target);
  }
}

/** Compilers see to it, but not where a value that may be missing is said to be there. */
function requireText(value: unknown, what: string): void {
  if (typeof value !== 'string') {
    throw new Error(`an event mapping must be made of ${what}, got ${shown(value)}: give a text`);
  }
}

/** Characters of a module's text that an error quotes. */
const MAX_QUOTED = 80;

/** Where a default export is written, for text that cannot be parsed here: alone, or in a list of exports, as bundlers write it. */
const DEFAULT_EXPORT = /\bexport\s*(\{[^}]*\b)?default\b/;

/**
 * Refuses a module of which each record would be parked. That it cannot be parsed here is no reason: the functions may have a newer Node.js.
 *
 * @returns why it cannot be parsed here, and where
 */
function checkModule(code: string, given: string): string | undefined {
  const { hasDefaultExport = DEFAULT_EXPORT.test(code), fault } = moduleSyntax(code);
  if (!hasDefaultExport) {
    throw new Error(`an event mapping must be an ES module with a default export, got none ${given}: write \`export default\` before the function`);
  }
  if (/\bexport\s+default\s+async\b/.test(code)) {
    throw new Error(`an event mapping must not be asynchronous, got \`export default async\` ${given}: events are made one after the other, in order`);
  }
  return fault && `${given}, ${fault}`;
}
