import { isBuiltin } from 'node:module';

/**
 * Takes of Node's own modules only what is used. An `import` of one reads all that it exports, also what Node makes when it is first read: `node:http`
 * then loads a WebSocket client, `node:process` opens the standard streams. That takes longer than anything else that a handler loads.
 */
export const LAZY_BUILTINS = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[a-z]/ }, ({ path: name, kind }) =>
      isBuiltin(name) ? { path: name, namespace: kind === 'import-statement' ? 'builtin-names' : 'builtin', sideEffects: false } : undefined,
    );
    // For `require` and `import()`: the module itself, of which nothing is read here.
    onLoad({ filter: /./, namespace: 'builtin' }, ({ path: name }) => ({ contents: `module.exports = ${getBuiltin(name)};` }));
    // For `import … from`: a constant for each name. Those that nobody imports fall out, and with them what reads them.
    onLoad({ filter: /./, namespace: 'builtin-names' }, ({ path: name }) => {
      const names = Object.keys(process.getBuiltinModule(name)).filter((key) => /^[A-Za-z]\w*$/.test(key) && key !== 'default');
      const constants = names.map((key) => `const its_${key} = /* @__PURE__ */ (() => all.${key})(); export { its_${key} as ${key} };`);
      return { contents: [`const all = /* @__PURE__ */ ${getBuiltin(name)}; export default all;`, ...constants].join('\n') };
    });
  },
};

function getBuiltin(name) {
  return `process.getBuiltinModule(${JSON.stringify(name)})`;
}
