/** Alerts as they are known now, by repository, and what that makes of each repository: one scan of all of it. */
import type { Transaction } from '../../../core/ledger.ts';
import { stage } from '../../../core/stage.ts';
import { sqlTime } from '../../../core/time.ts';
import { ledgerTime } from '../../../findings/staged-values.ts';
import type { Found, Scan } from '../../document.ts';
import { addTo } from '../../grouped.ts';
import { digestOf, ownerOfArtifact, repositoryArtifact } from '../../scanned.ts';
import { storeHeard } from '../../store.ts';
import type { Alert } from '../dependabot/alert.ts';
import { standing } from '../dependabot/index.ts';

export interface News {
  /** '' of a webhook. */
  readonly scope: string;
  readonly alerts: readonly Alert[];
  /** All alerts of the scope, read from this time on: others that were known of it are gone. */
  readonly wholeSince?: Date;
  /** Repositories of which all is known now, though nothing may be found in them. */
  readonly listed?: readonly string[];
  /** Repositories whose alerts are switched off. */
  readonly disabled?: readonly string[];
}

export interface StoreNews {
  readonly source: string;
  readonly now: Date;
  /** Absent: what webhooks alone tell of stands until they tell more. */
  readonly staleSeconds?: number;
}

/** Stores what is new, and tells anew of every repository that it concerns. Returns how many rows are new. */
export async function storeNews(
  tx: Transaction,
  news: News,
  { source, now, staleSeconds }: StoreNews,
): Promise<number> {
  const { scope, alerts, wholeSince, listed = [], disabled = [] } = news;
  await stageAlerts(tx, source, scope, alerts);
  const before = await repositoriesOf(
    tx,
    `SELECT DISTINCT repository FROM dependabot_alerts AS a
    WHERE source = $source AND scope = $scope AND $whole::TIMESTAMP IS NOT NULL`,
    {
      ...{ source, scope, whole: wholeSince === undefined ? null : sqlTime(wholeSince) },
    },
  );
  // Alerts that were told of since the list was begun may not be on it.
  if (wholeSince !== undefined)
    await tx.run(
      `DELETE FROM dependabot_alerts AS a WHERE source = $source AND updated_at < $since::TIMESTAMP
         AND (scope = $scope OR (scope = '' AND list_contains(from_json($listed::JSON, '["VARCHAR"]'), repository)))
         AND NOT EXISTS (FROM told_alerts AS t WHERE t.repository = a.repository AND t.number = a.number)`,
      { source, scope, since: sqlTime(wholeSince), listed: JSON.stringify(listed) },
    );
  const changed = await repositoriesOf(
    tx,
    `SELECT DISTINCT repository FROM told_alerts AS t
     WHERE NOT EXISTS (FROM dependabot_alerts AS a WHERE a.source = t.source AND a.repository = t.repository
       AND a.number = t.number AND (a.updated_at > t.updated_at OR (a.updated_at = t.updated_at AND a.found = t.found)))`,
    {},
  );
  await tx.run(`DELETE FROM told_alerts AS t WHERE EXISTS (FROM dependabot_alerts AS a
      WHERE a.source = t.source AND a.repository = t.repository AND a.number = t.number AND a.updated_at > t.updated_at);
    UPDATE told_alerts AS t SET scope = a.scope FROM dependabot_alerts AS a
      WHERE t.scope = '' AND a.source = t.source AND a.repository = t.repository AND a.number = t.number;
    DELETE FROM dependabot_alerts AS a WHERE EXISTS (FROM told_alerts AS t
      WHERE a.source = t.source AND a.repository = t.repository AND a.number = t.number);
    INSERT INTO dependabot_alerts BY NAME FROM told_alerts`);
  await noteRepositories(tx, source, listed, disabled);
  const concerned = [...new Set([...(wholeSince ? before : []), ...listed, ...changed])].filter(
    one => !disabled.includes(one),
  );
  const scans = [
    ...(await scansOf(tx, source, concerned, now)),
    ...disabled.map(one => scanOf(one, [], now, { completeness: 'failed', reason: 'alerts_disabled' })),
  ];
  return storeHeard(tx, source, [{ scans }], { now, ...(staleSeconds === undefined ? {} : { staleSeconds }) });
}

/** Of one alert that is told of twice the newer. */
async function stageAlerts(tx: Transaction, source: string, scope: string, alerts: readonly Alert[]): Promise<void> {
  const newest = new Map<string, Alert>();
  for (const alert of alerts) {
    const key = `${alert.repository} ${alert.number}`;
    const before = newest.get(key);
    if (before === undefined || Date.parse(before.updatedAt) <= Date.parse(alert.updatedAt)) newest.set(key, alert);
  }
  const columns = {
    ...{ source: 'VARCHAR', scope: 'VARCHAR', repository: 'VARCHAR', number: 'BIGINT', updated_at: 'TIMESTAMP' },
    found: 'JSON',
  };
  await stage(
    tx,
    'told_alerts',
    columns,
    [...newest.values()].map(({ repository, number, updatedAt, found }) => ({
      ...{ source, scope, repository, number, updated_at: ledgerTime(Date.parse(updatedAt) || 0) },
      found: JSON.stringify(found),
    })),
  );
}

async function repositoriesOf(
  tx: Transaction,
  sql: string,
  values: Readonly<Record<string, string | null>>,
): Promise<readonly string[]> {
  return (await tx.all(sql, values)).map(({ repository }) => String(repository));
}

async function noteRepositories(
  tx: Transaction,
  source: string,
  listed: readonly string[],
  disabled: readonly string[],
): Promise<void> {
  const rows = [
    ...listed.map(repository => ({ source, repository, state: 'listed' })),
    ...disabled.map(repository => ({ source, repository, state: 'disabled' })),
  ];
  if (rows.length === 0) return;
  await stage(tx, 'told_repositories', { source: 'VARCHAR', repository: 'VARCHAR', state: 'VARCHAR' }, rows);
  await tx.run(`DELETE FROM dependabot_repositories AS r WHERE EXISTS (FROM told_repositories AS t
      WHERE t.source = r.source AND t.repository = r.repository);
    INSERT INTO dependabot_repositories BY NAME FROM told_repositories`);
}

async function scansOf(tx: Transaction, source: string, repositories: readonly string[], now: Date): Promise<Scan[]> {
  if (repositories.length === 0) return [];
  await stage(
    tx,
    'concerned_repositories',
    { repository: 'VARCHAR' },
    repositories.map(repository => ({ repository })),
  );
  const rows = await tx.all(
    `SELECT repository, number, found::VARCHAR AS found FROM dependabot_alerts
     SEMI JOIN concerned_repositories USING (repository) WHERE source = $source ORDER BY repository, number`,
    { source },
  );
  const known = new Set(
    await repositoriesOf(
      tx,
      `SELECT repository FROM dependabot_repositories WHERE source = $source AND state = 'listed'`,
      {
        source,
      },
    ),
  );
  const found = new Map<string, Alert[]>();
  for (const { repository, number, found: text } of rows)
    addTo(found, String(repository), [
      {
        ...{ repository: String(repository), number: Number(number), updatedAt: '' },
        found: JSON.parse(String(text)) as Found,
      },
    ]);
  return repositories.map(repository => {
    const alerts = found.get(repository) ?? [];
    return scanOf(
      repository,
      standing(alerts),
      now,
      known.has(repository) ? { completeness: 'complete' } : { completeness: 'partial', reason: 'not_listed' },
    );
  });
}

function scanOf(
  name: string,
  found: readonly Found[],
  now: Date,
  completeness: Pick<Scan, 'completeness' | 'reason'>,
): Scan {
  const artifact = repositoryArtifact(name) ?? { kind: 'repository', name, digests: [] };
  const scannedAt = now.toISOString();
  return {
    artifact,
    scanner: 'dependabot',
    scannedAt,
    classes: ['vulnerability'],
    ...completeness,
    found,
    digest: digestOf(Buffer.from(JSON.stringify(found)), scannedAt, name),
    owner: ownerOfArtifact(artifact, { at: now, now, place: {}, file: '' }),
  };
}
