import { App } from 'aws-cdk-lib';
import { Minimal } from './minimal.ts';

new Minimal(new App(), 'Minimal');
