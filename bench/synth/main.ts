// Constructs and synthesizes a stack, again and again, in a process of its own.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { AttributeType } from 'aws-cdk-lib/aws-dynamodb';
import { Template } from 'aws-cdk-lib/assertions';
import { OutboxTable } from '../../lib/index.js';
import { outboxByHand } from './by-hand.ts';

/** Which stack. */
export type StackName = 'ours' | 'byHand';

/** What it took, and what is in the stack. */
export interface Synth {
  /** Processor time, in milliseconds. */
  readonly cpuMs: number;
  /** How many resources there are of each type. */
  readonly resources: Readonly<Record<string, number>>;
}

const FILL: Record<StackName, (stack: Stack) => void> = {
  ours: (stack) => {
    new OutboxTable(stack, 'Orders', {
      partitionKey: { name: 'orderId', type: AttributeType.STRING },
      destination: { endpoint: 'https://nakadi.example.org', eventType: 'order-store.order-changed' },
    });
  },
  byHand: outboxByHand,
};

function synth(name: StackName): Synth {
  const outdir = mkdtempSync(path.join(tmpdir(), 'outbox-bench-'));
  try {
    const start = process.cpuUsage();
    const app = new App({ outdir });
    const stack = new Stack(app, 'Stack');
    FILL[name](stack);
    app.synth();
    const { user, system } = process.cpuUsage(start);
    return { cpuMs: (user + system) / 1000, resources: resourceTypes(stack) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function resourceTypes(stack: Stack): Record<string, number> {
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, { Type: string }> };
  const byType = Object.groupBy(Object.values(Resources), ({ Type }) => Type);
  return Object.fromEntries(Object.entries(byType).map(([type, ofType]) => [type, ofType?.length ?? 0]));
}

process.on('message', (name: StackName) => process.send?.(synth(name)));
process.on('disconnect', () => process.exit());
