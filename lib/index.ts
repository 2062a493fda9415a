export * from './nakadi-credentials';
export * from './nakadi-destination';
export * from './outbox-relay';
export * from './outbox-table';
