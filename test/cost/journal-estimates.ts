/** Random pull requests: estimated, estimated again, merged, learned late. */
import type { Ledger } from '../../exporters/core/ledger.ts';
import { seededRandom } from '../core/random.ts';

export async function randomEstimates(
  ledger: Ledger,
  seed: number,
  { at, lastDay }: { readonly at: (days: number) => string; readonly lastDay: number },
): Promise<void> {
  const random = seededRandom(seed + 100);
  const rows: object[] = [];
  for (let number = 1; number <= 20; number++) {
    // A service has one every three weeks or so: some overlap, some do not.
    const day = (Math.floor(number / 5) * 18 + random() * 6 + (number % 5)) % (lastDay - 15);
    const repository = `acme/repo-${number % 5}`;
    const merged = day + random() * 4;
    const isMerge = (run: number) => run === 2;
    // The second time the same commit is learned with another amount.
    for (const run of [0, 1, 2])
      for (const project of ['dev', 'prod'])
        for (const version of random() < 0.2 ? [0, 1] : [0]) {
          const committed = isMerge(run) ? merged : day + run / 10;
          rows.push({
            repository,
            project,
            pull_request: isMerge(run) ? '' : String(number),
            merges: isMerge(run) ? String(number) : '',
            commit: `${number}-${run}`,
            committed: at(committed),
            learned: at(committed + random() * (random() < 0.8 ? 1 : 20) + version),
            monthly: (random() * 1000).toFixed(4),
            change: random() < 0.1 || isMerge(run) ? null : ((random() - 0.3) * 500).toFixed(4),
            currency: random() < 0.9 ? 'USD' : 'EUR',
          });
        }
  }
  await ledger.write(async tx => {
    for (let repository = 0; repository < 5; repository++)
      for (const project of ['dev', 'prod'])
        await tx.run('INSERT INTO estimate_services VALUES ($repository, $project, $team, $service)', {
          repository: `acme/repo-${repository}`,
          project,
          team: ['red', 'blue', 'green'][repository % 3]!,
          service: `service-${repository}`,
        });
    await tx.run(
      `INSERT INTO cost_estimates
       SELECT 'infracost', r.repository, r.project, '', '', r.pull_request, r.merges, r.merges <> '', r."commit",
         r.committed::TIMESTAMP, r.committed::TIMESTAMP, r.currency, r.monthly::DECIMAL(38,10),
         r."change"::DECIMAL(38,10), 1, 0, 0, '', 0, r.committed::TIMESTAMP, r.learned::TIMESTAMP
       FROM (SELECT unnest(from_json($rows, '[{"repository":"VARCHAR","project":"VARCHAR","pull_request":"VARCHAR",
         "merges":"VARCHAR","commit":"VARCHAR","committed":"VARCHAR","learned":"VARCHAR","monthly":"VARCHAR",
         "change":"VARCHAR","currency":"VARCHAR"}]')) AS r)`,
      { rows: JSON.stringify(rows) },
    );
  });
}
