import { App } from 'aws-cdk-lib';
import { VpcAndKeys } from './vpc-and-keys.ts';

new VpcAndKeys(new App(), 'VpcAndKeys', { env: { account: '123456789012', region: 'eu-central-1' } });
