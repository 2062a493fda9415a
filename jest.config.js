// aws-cdk-lib warns of deprecated members that it uses itself, and validates each template: neither is what a unit test looks at.
process.env.JSII_DEPRECATED = 'quiet';
process.env.CDK_VALIDATION = 'false';

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
