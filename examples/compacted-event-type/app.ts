import { App } from 'aws-cdk-lib';
import { CompactedEventType } from './compacted-event-type.ts';

new CompactedEventType(new App(), 'CompactedEventType');
