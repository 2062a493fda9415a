import { App } from 'aws-cdk-lib';
import { Monitoring } from './monitoring.ts';

new Monitoring(new App(), 'Monitoring');
