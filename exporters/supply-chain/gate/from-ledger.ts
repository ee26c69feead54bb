/** What a gate is told of images by the ledger, as of now. */
import { readFileSync } from 'node:fs';
import { breather } from '../../core/breathe.ts';
import type { Reader } from '../../core/ledger.ts';
import { sqlTime } from '../../core/time.ts';
import { prepareInstants } from '../../core/views.ts';
import { type Severity, severities } from '../../findings/report.ts';
import { findingSpans, foundAt, reportSpans, scopesAt } from '../../findings/sql.ts';
import type { FindingClass } from '../document.ts';
import { sql } from '../metrics/sql.ts';
import type { GateRule } from './config.ts';
import type { GateFinding, GateSubject, ScanStatus } from './subject.ts';

const read = (name: string) => readFileSync(new URL(`./${name}.sql`, import.meta.url), 'utf8');
const told = read('told');
const findingsSql = read('findings');
const standingSql = sql('../gate/gate_as', 'sboms_at', 'signatures_at', '../gate/standing');
const livesSql = sql(
  ...([findingSpans, reportSpans, scopesAt, foundAt, 'findings_at', 'exploited_at', 'fixes_at'] as const),
  ...(['described', 'sla_at', '../gate/lives'] as const),
);

/** Of one content, as far as it is the same in every environment. */
export type LedgerSubject = Omit<GateSubject, 'environment'> & { readonly artifact: string };

export interface LedgerOptions {
  readonly now: Date;
  readonly rules: readonly GateRule[];
  /** The exporter's tables of facts. */
  readonly facts: readonly string[];
}

/** Artifacts that the ledger doesn't know are missing. In a transaction: it fills temporary tables. */
export async function subjectsOfLedger(
  reader: Reader,
  artifacts: readonly string[],
  { now, rules, facts }: LedgerOptions,
): Promise<readonly LedgerSubject[]> {
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE gate_artifacts AS
     SELECT DISTINCT unnest(from_json($artifacts::JSON, '["VARCHAR"]')) AS artifact`,
    { artifacts: JSON.stringify(artifacts) },
  );
  await reader.run('SET VARIABLE gate_now = $now::TIMESTAMP', { now: sqlTime(now) });
  await reader.run(`SET VARIABLE gate_knows_kev = (SELECT EXISTS (FROM finding_looks WHERE kind = 'kev'));
    SET VARIABLE gate_knows_epss = (SELECT EXISTS (FROM epss_scores))`);
  await stageAsked(reader, rules);
  await reader.run(told);
  await prepareInstants(reader, facts, { name: 'gate', kind: 'state' }, { instants: [now] });
  const needsLives = rules.some(rule => rule.older_than_days !== undefined || rule.sla_breached !== undefined);
  await reader.run(
    needsLives
      ? `CREATE OR REPLACE TEMP TABLE gate_lives AS ${livesSql}`
      : `CREATE OR REPLACE TEMP TABLE gate_lives (
           engine VARCHAR, policy VARCHAR, resource VARCHAR, opened_at TIMESTAMP, is_breached BOOLEAN)`,
  );
  const findings = new Map<string, GateFinding[]>();
  const breathe = breather();
  for await (const rows of reader.stream(findingsSql))
    for (const [artifact, ...values] of rows) {
      const key = String(artifact);
      const list = findings.get(key);
      if (list) list.push(findingOf(values));
      else findings.set(key, [findingOf(values)]);
      if (breathe.due()) await breathe.now();
    }
  const rows = await reader.all(standingSql);
  return rows.map(row => {
    const scans = JSON.parse(String(row.scans ?? '{}')) as Partial<Record<FindingClass, ScanStatus>> | null;
    const artifact = String(row.artifact);
    const [name, tag] = [String(row.name), String(row.tag)];
    return {
      artifact,
      title: `${name}${tag === '' ? '' : `:${tag}`}${artifact.startsWith('sha256:') ? `@${artifact}` : ''}`,
      image: name,
      scans: { vulnerability: 'never', secret: 'never', license: 'never', ...scans },
      findings: findings.get(artifact) ?? [],
      signature: row.signature as GateSubject['signature'],
      provenance: row.provenance as GateSubject['provenance'],
      level: Number(row.level),
      sbom: row.sbom as GateSubject['sbom'],
    };
  });
}

/** Only what a rule may ask for is brought out of the ledger: an image may have thousands of findings of no account. */
async function stageAsked(reader: Reader, rules: readonly GateRule[]): Promise<void> {
  const asked = rules.flatMap(rule =>
    rule.mode === 'allow'
      ? []
      : (rule.class ?? (['vulnerability'] as const)).map(kind => ({
          ...{ class: kind, needs_fix: rule.fix_available === true },
          severity_rank: rule.severity === undefined ? severities.length : severities.indexOf(rule.severity) + 1,
        })),
  );
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE gate_asked AS SELECT unnest(row) FROM (
       SELECT unnest(from_json($asked::JSON, '[{"class":"VARCHAR","needs_fix":"BOOLEAN","severity_rank":"INTEGER"}]')) AS row)`,
    { asked: JSON.stringify(asked) },
  );
}

/** The columns of findings.sql behind the artifact. */
function findingOf(values: readonly unknown[]): GateFinding {
  const [
    kind,
    id,
    aliases,
    name,
    version,
    severity,
    fixed,
    hasFix,
    isExploited,
    epss,
    openedAt,
    isBreached,
    exception,
  ] = values;
  return {
    ...{ class: kind as FindingClass, id: String(id), aliases: textsOf(aliases), package: String(name) },
    ...{ version: String(version), severity: severity as Severity, fixedVersions: textsOf(fixed) },
    hasFix: truthOf(hasFix),
    isExploited: truthOf(isExploited),
    epss: epss === null ? undefined : Number(epss),
    openedAt: openedAt === null ? undefined : Number(openedAt),
    isBreached: truthOf(isBreached),
    ...(exception === null ? {} : { exception: String(exception) }),
  };
}

const textsOf = (value: unknown): readonly string[] => (Array.isArray(value) ? value.map(String) : []);
const truthOf = (value: unknown): boolean | undefined =>
  value === null || value === undefined ? undefined : value === true;
