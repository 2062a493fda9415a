import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

interface Manifest {
  readonly version: string;
  readonly devDependencies: Record<string, string>;
}

const { version, devDependencies } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as Manifest;
const cdk = devDependencies['aws-cdk-lib'];
const { constructs } = devDependencies;
// A package that is generated needs the runtime of its generator's version.
const jsii = devDependencies['jsii-pacmak'];

test.each([
  ['python/requirements.txt', [`aws-cdk-lib==${cdk}`, `constructs==${constructs}`, `cdk-outbox-table==${version}`]],
  [
    'java/pom.xml',
    [
      `<artifactId>aws-cdk-lib</artifactId>\n      <version>${cdk}<`,
      `<artifactId>constructs</artifactId>\n      <version>${constructs}<`,
      `<artifactId>cdk-outbox-table</artifactId>\n      <version>${version}<`,
    ],
  ],
  ['go/go.mod', [`awscdk/v2 v${cdk}\n`, `constructs/v10 v${constructs}\n`, `jsii-runtime-go v${jsii}\n`, `cdkoutboxtable v${version}\n`]],
])('examples/languages/%s asks for the versions that are tested here', (file, versions) => {
  const text = readFileSync(path.join(ROOT, 'examples', 'languages', file), 'utf8');

  expect(versions.filter((wanted) => !text.includes(wanted))).toEqual([]);
});
