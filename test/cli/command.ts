/** Runs the real command in a folder of its own, with a small catalog and bill. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

const cli = path.join(import.meta.dirname, '..', '..', 'exporters', 'cli.ts');

export interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Workplace {
  readonly folder: string;
  readonly run: (...args: readonly string[]) => Promise<Result>;
  /** Starts a command that goes on; ended with the test. */
  readonly begin: (...args: readonly string[]) => ChildProcess;
  readonly write: (name: string, text: string) => void;
}

const catalog = `apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: payments }
spec: { type: team, children: [] }
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: checkout }
spec: { type: service, lifecycle: production, owner: payments }
`;

const header =
  'ProviderName,BillingAccountId,SubAccountId,SubAccountName,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ServiceCategory,ResourceId,Tags\n';

const row = (day: string, cost: string, account: string, resource: string, tags: string) =>
  `AWS,1,${account},${day}T00:00:00Z,${day}T23:59:59Z,2026-05-01T00:00:00Z,2026-06-01T00:00:00Z,Usage,${cost},${cost},${cost},${cost},USD,AmazonEC2,Compute,${resource},"${tags.replaceAll('"', '""')}"\n`;

/** 3 days, 100 USD: 60 of them tagged, 30 of the checkout's resources, 10 of nobody. */
export const bill = [
  header,
  row('2026-05-01', '60', '012345678901,payments-prod', 'i-1', '{"Owner":"team-payments","env":"prd"}'),
  row('2026-05-02', '30', '222222222222,misc', 'arn:checkout-db', '{}'),
  row('2026-05-03', '10', '222222222222,misc', 'i-2', '{"Flavour":"mint"}'),
].join('');

export function workplace(t: TestContext): Workplace {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-cli-'));
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children) await ended(child);
    rmSync(folder, { recursive: true, force: true });
  });
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write('catalog/all.yaml', catalog);
  write('bill.csv', bill);
  const begin = (...args: readonly string[]) => {
    const { PLUMBLINE_CONFIG: _, ...env } = process.env;
    const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return child;
  };
  return {
    folder,
    write,
    begin,
    run: async (...args) => {
      const child = begin(...args);
      const [stdout, stderr, code] = await Promise.all([text(child.stdout!), text(child.stderr!), exitOf(child)]);
      return { code, stdout, stderr };
    },
  };
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += String(chunk);
  return all;
}

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve(child.exitCode)
    : new Promise(resolve => child.once('exit', resolve));

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  await exitOf(child);
}
