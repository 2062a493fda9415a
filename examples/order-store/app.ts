import { App } from 'aws-cdk-lib';
import { OrderStore } from './order-store.ts';

new OrderStore(new App(), 'OrderStore');
