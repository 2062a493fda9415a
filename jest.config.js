/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test', '<rootDir>/examples'],
  testMatch: ['**/*.test.ts'],
  // The library is compiled by jsii to CommonJS next to its sources; tests read the sources.
  moduleFileExtensions: ['ts', 'mjs', 'js', 'json', 'node'],
  moduleNameMapper: { '^cdk-outbox-table$': '<rootDir>/lib' },
  transform: {
    '^.+\\.(ts|mjs)$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } }],
  },
  testTimeout: 120_000,
  maxWorkers: 2,
};
