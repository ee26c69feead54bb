/** What the ledger holds of a month of a made-up repository of GitHub's, polled and told of by webhooks. */
import { githubRun, ledgerOf } from '../dora/sources/github-run.ts';
import { tellMonth } from '../dora/sources/github-story.ts';
import { startGitHub } from '../dora/vendors/github.ts';

/** A line a row, under a line that names the table. */
export async function goldenGitHubLedger(): Promise<string> {
  const endings: (() => Promise<void>)[] = [];
  const t = { after: (end: () => Promise<void>) => void endings.unshift(end) };
  try {
    const world = await startGitHub(t);
    const { deliveries } = tellMonth(world);
    const run = await githubRun(t, world, {
      deployments_from: [
        { kind: 'deployments' },
        { kind: 'workflow_runs', workflow: 'Deploy*', environment: 'runs' },
        { kind: 'releases', environment: 'releases' },
        { kind: 'merged_pull_requests', environment: 'merges' },
      ],
    });
    const { error } = await run.refresh();
    if (error !== undefined) throw new Error(error);
    for (const one of deliveries) await run.post(one);
    const lines = Object.entries(await ledgerOf(run)).flatMap(([table, rows]) => [`# ${table}`, ...rows]);
    return `${lines.join('\n')}\n`.replaceAll(new URL(world.url).origin, 'https://github.example');
  } finally {
    for (const end of endings) await end();
  }
}
