import { spawnSync } from 'node:child_process';

/** What Node.js says of the text of an ES module; nothing where it could not be asked. */
export interface ModuleSyntax {
  readonly hasDefaultExport?: boolean;
  /** Why it cannot be parsed. */
  readonly fault?: string;
}

/** Milliseconds that parsing may take. */
const TIME_LIMIT_MS = 10_000;

/** What Node.js says to a second default export, after all that stands before it is parsed. */
const SECOND_DEFAULT = /^(Duplicate export of 'default'|Identifier '\.default' has already been declared)/;

/** Has Node.js parse a module, and run nothing of it. One more default export behind it tells whether there is one: comments and texts are none. */
export function moduleSyntax(code: string): ModuleSyntax {
  const { status, stderr } = spawnSync(process.execPath, ['--check', '--input-type=module', '-'], {
    input: `${code}\nexport default 0;`,
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: undefined },
    timeout: TIME_LIMIT_MS,
  });
  if (status === 0) {
    return { hasDefaultExport: false };
  }
  const [, line, message] = /^\[stdin\]:(\d+)$[^]*?^SyntaxError: (.*)$/m.exec(stderr ?? '') ?? [];
  if (message === undefined) {
    return {};
  }
  const isBehind = Number(line) > code.split(/\r\n|[\n\r\u2028\u2029]/).length;
  if (isBehind && SECOND_DEFAULT.test(message)) {
    return { hasDefaultExport: true };
  }
  return { fault: isBehind ? 'it ends too early' : `line ${line}: ${message}` };
}
