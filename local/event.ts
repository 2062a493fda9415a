// npm run event: the package's command `event` from its source. Files are named from where npm was started.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const command = path.join(import.meta.dirname, '..', 'cli', 'cdk-outbox-table.ts');
const { status } = spawnSync(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', command, 'event', ...process.argv.slice(2)], { cwd: process.env.INIT_CWD, stdio: 'inherit' });
process.exitCode = status ?? 2;
