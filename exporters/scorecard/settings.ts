/** Brings the golden path as configured, and the catalog as it is, into the ledger. */

import type { Catalog } from '../catalog/catalog.ts';
import type { Entity } from '../catalog/entity.ts';
import { fold } from '../catalog/refs.ts';
import { firstDay } from '../catalog/timeline.ts';
import { replaceConfigured } from '../core/configured.ts';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { sqlTime } from '../core/time.ts';
import { type AnnotationCheck, serviceOf } from './catalog-facts.ts';
import { builtIn, type Check, levels } from './checks.ts';
import type { CheckConfig, ScorecardConfig } from './config.ts';

type AppliesTo = NonNullable<CheckConfig['applies_to']>;

export interface AskedCheck extends Check {
  readonly appliesTo?: AppliesTo | undefined;
  readonly query?: CheckConfig['query'];
  readonly annotation?: AnnotationCheck | undefined;
}

/** Facts of a check that the configuration defines stand under the exporter that reads them and its own id. */
function factsOf({ id, facts, annotation, query, told }: CheckConfig): string | undefined {
  if (facts !== undefined) return facts;
  if (annotation !== undefined) return `catalog/annotation-${id}`;
  if (query !== undefined) return `prometheus/${id}`;
  return told === true ? `told/${id}` : undefined;
}

/**
 * The checks that are asked for: those that there are, as the configuration changes them, where something of `known` tells
 * their facts, and those that it adds. `known` are exporters.
 */
export function askedChecks(
  config: Pick<ScorecardConfig, 'checks'>,
  known: ReadonlySet<string>,
): readonly AskedCheck[] {
  const changed = new Map(config.checks.map(one => [one.id, one]));
  const own = builtIn.map(({ id }) => id);
  const added = config.checks.filter(({ id }) => !own.includes(id));
  const merged = [
    ...builtIn.map(check => merge(check, changed.get(check.id))),
    ...added.map(one =>
      merge(
        {
          ...{ id: one.id, title: one.title ?? one.id, means: one.means ?? '', why: '', fix: '' },
          ...{ facts: factsOf(one) ?? '', level: 'silver', weight: 1, isRequired: false },
        },
        one,
      ),
    ),
  ];
  // What the configuration names by itself is asked for though nothing tells it yet: it is not measured.
  return merged.filter(
    ({ id, facts }) =>
      changed.get(id)?.enabled !== false && (changed.has(id) || known.has(facts.slice(0, facts.indexOf('/')))),
  );
}

function merge(check: Check, given: CheckConfig | undefined): AskedCheck {
  if (given === undefined) return check;
  const { title, means, why, fix, link, level, weight, required, environments, applies_to, annotation, query } = given;
  const facts = factsOf(given) ?? check.facts;
  return {
    ...{ id: check.id, title: title ?? check.title, means: means ?? check.means, why: why ?? check.why },
    ...{ fix: fix ?? check.fix, facts, level: level ?? check.level, weight: weight ?? check.weight },
    isRequired: required ?? check.isRequired,
    ...((link ?? check.link) === undefined ? {} : { link: link ?? check.link! }),
    ...((environments ?? check.environments) === undefined
      ? {}
      : { environments: environments ?? check.environments! }),
    appliesTo: applies_to,
    query,
    annotation: annotation && { check: `annotation-${check.id}`, ...annotation },
  };
}

const list = (words: readonly string[] | undefined, isFolded = true) =>
  JSON.stringify((words ?? []).map(word => (isFolded ? fold(word) : word)));

export async function configureScorecard(
  tx: Transaction,
  config: ScorecardConfig,
  checks: readonly AskedCheck[],
): Promise<void> {
  const lists = ['environments', 'types', 'lifecycles', 'tiers', 'tags', 'teams', 'systems'] as const;
  await stage(
    tx,
    'checks_now',
    {
      ...{ id: 'VARCHAR', title: 'VARCHAR', exporter: 'VARCHAR', facts: 'VARCHAR', level: 'VARCHAR' },
      ...{ level_rank: 'INTEGER', weight: 'DOUBLE', is_required: 'BOOLEAN', link: 'VARCHAR' },
      ...Object.fromEntries(lists.map(name => [name, 'VARCHAR'])),
    },
    checks.map(({ id, title, facts, level, weight, isRequired, link = '', environments, appliesTo }) => ({
      ...{ id, title, level, weight, link, is_required: isRequired, level_rank: levels.indexOf(level) + 1 },
      ...{ exporter: facts.slice(0, facts.indexOf('/')), facts: facts.slice(facts.indexOf('/') + 1) },
      ...{ environments: list(environments), types: list(appliesTo?.types), lifecycles: list(appliesTo?.lifecycles) },
      ...{ tiers: list(appliesTo?.tiers), tags: list(appliesTo?.tags), systems: list(appliesTo?.systems) },
      teams: list(appliesTo?.teams, false),
    })),
  );
  const typed = lists.map(name => `from_json(${name}, '["VARCHAR"]') AS ${name}`).join(', ');
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE checks_typed AS
     SELECT id, title, exporter, facts, level, level_rank, weight, is_required, link, ${typed} FROM checks_now`,
  );
  const differs = await tx.scalar(`SELECT EXISTS (
    (FROM checks_typed EXCEPT ALL FROM scorecard_checks) UNION ALL (FROM scorecard_checks EXCEPT ALL FROM checks_typed))`);
  if (differs === true) {
    await tx.run('DELETE FROM scorecard_checks; INSERT INTO scorecard_checks SELECT * FROM checks_typed');
    tx.touch('scorecard_checks');
  }
  await tx.run('DROP TABLE checks_now; DROP TABLE checks_typed');
  await replaceConfigured(
    tx,
    'scorecard_exemptions',
    {
      ...{ check: 'VARCHAR', service: 'VARCHAR', team: 'VARCHAR', reason: 'VARCHAR', approved_by: 'VARCHAR' },
      ...{ valid_from: 'DATE', valid_until: 'DATE' },
    },
    config.exemptions.map(({ check, service = '*', team = '', reason, approved_by = '', from = firstDay, until }) => ({
      ...{ check, service, team, reason, approved_by, valid_from: from, valid_until: until },
    })),
  );
  await replaceConfigured(tx, 'scorecard_settings', { name: 'VARCHAR', value: 'DOUBLE' }, [
    { name: 'top_services', value: config.top_services },
    { name: 'stale_hours', value: config.stale_hours },
    { name: 'expiring_days', value: config.expiring_days },
  ]);
}

/**
 * Keeps the catalog's services as a new version where they differ from the newest. The first holds for all the past; a
 * later one from now, or from the day that is restated on purpose.
 */
export async function keepCatalog(
  tx: Transaction,
  catalog: Catalog,
  components: readonly Entity[],
  { now, reassignFrom }: { readonly now: Date; readonly reassignFrom?: string | undefined },
): Promise<void> {
  await stage(
    tx,
    'entries_told',
    {
      ...{
        ref: 'VARCHAR',
        service: 'VARCHAR',
        team: 'VARCHAR',
        type: 'VARCHAR',
        lifecycle: 'VARCHAR',
        tier: 'VARCHAR',
      },
      ...{ system: 'VARCHAR', tags: 'VARCHAR[]', repository: 'VARCHAR' },
    },
    components.map(entity => ({ ...serviceOf(catalog, entity) })),
  );
  const [row] = await tx.all(
    `INSERT INTO catalog_entries
     WITH known AS (
       FROM catalog_entries
       QUALIFY row_number() OVER (PARTITION BY ref ORDER BY occurred_at DESC, learned_at DESC) = 1
     ),
     times AS (
       SELECT CASE WHEN EXISTS (FROM catalog_entries) THEN coalesce($from::TIMESTAMP, $now::TIMESTAMP)
         ELSE TIMESTAMP '1970-01-01' END AS occurred_at, $now::TIMESTAMP AS learned_at
     )
     SELECT t.*, true, times.occurred_at, times.learned_at
     FROM entries_told AS t
     CROSS JOIN times
     LEFT JOIN known AS k USING (ref)
     WHERE k.ref IS NULL OR NOT k.holds OR (t.service, t.team, t.type, t.lifecycle, t.tier, t.system, t.tags, t.repository)
       IS DISTINCT FROM (k.service, k.team, k.type, k.lifecycle, k.tier, k.system, k.tags, k.repository)
     UNION ALL
     SELECT k.* REPLACE (false AS holds, times.occurred_at AS occurred_at, times.learned_at AS learned_at)
     FROM known AS k
     CROSS JOIN times
     WHERE k.holds AND k.ref NOT IN (SELECT ref FROM entries_told)`,
    { now: sqlTime(now), from: reassignFrom ?? null },
  );
  if (Number(Object.values(row ?? {})[0] ?? 0) > 0) tx.touch('catalog_entries');
  await tx.run('DROP TABLE entries_told');
}
