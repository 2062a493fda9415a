import { App } from 'aws-cdk-lib';
import { ExistingTable } from './existing-table.ts';

new ExistingTable(new App(), 'ExistingTable', { env: { account: '123456789012', region: 'eu-central-1' } });
