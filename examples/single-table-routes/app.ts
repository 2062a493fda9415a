import { App } from 'aws-cdk-lib';
import { SingleTableRoutes } from './single-table-routes.ts';

new SingleTableRoutes(new App(), 'SingleTableRoutes');
