import { moduleSyntax, type ModuleSyntax } from '../../../lib/private/module-syntax';

test.each<[string, string, ModuleSyntax]>([
  ['has a default export', 'export default () => ({});', { hasDefaultExport: true }],
  ['has one in a list', 'const a = 1; export { a as default };', { hasDefaultExport: true }],
  ['ends in a comment', 'export default 1; // done', { hasDefaultExport: true }],
  ['begins as a program', '#!/usr/bin/env node\nexport default 1;', { hasDefaultExport: true }],
  ['has none', 'export const a = 1;', { hasDefaultExport: false }],
  ['is empty', '', { hasDefaultExport: false }],
  ['has two', 'export default 1;\nexport default 2;', { fault: "line 2: Identifier '.default' has already been declared" }],
  ['is none', 'export default 1;\r\nconst a = ;', { fault: "line 2: Unexpected token ';'" }],
  ['has no end', 'export default () => {', { fault: 'it ends too early' }],
])('a module that %s', (_, code, syntax) => {
  expect(moduleSyntax(code)).toEqual(syntax);
});

describe('where Node.js cannot be asked, nothing is known', () => {
  const { execPath } = process;
  afterEach(() => { process.execPath = execPath; });

  test.each(['/nowhere/node', '/bin/false'])('%s', (path) => {
    process.execPath = path;

    expect(moduleSyntax('export default 1;')).toEqual({});
  });
});

test('settings for the Node.js that synthesizes do not count', () => {
  const { NODE_OPTIONS } = process.env;
  process.env.NODE_OPTIONS = '--require /nowhere/hook.js';
  try {
    expect(moduleSyntax('export default 1;')).toEqual({ hasDefaultExport: true });
  } finally {
    if (NODE_OPTIONS === undefined) {
      delete process.env.NODE_OPTIONS;
    } else {
      process.env.NODE_OPTIONS = NODE_OPTIONS;
    }
  }
});
