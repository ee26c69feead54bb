/** What `plumbline explain` says of an image, a repository and a finding of the supply chain. */
import type { Ledger, Parameters, Reader, Row } from '../core/ledger.ts';
import { prepareInstants } from '../core/views.ts';
import { findingSpans, foundAt, reportSpans, scopesAt } from '../findings/sql.ts';
import { explainFinding } from './explain-finding.ts';
import { sql } from './metrics/sql.ts';
import { imageOf } from './subject.ts';

export interface ExplainOptions {
  readonly now: Date;
  /** The exporter's tables of facts. */
  readonly facts: readonly string[];
}

/** Undefined where nothing is known of it, or the kind is none of ours. */
export const explainSupplyChain = (
  ledger: Ledger,
  { now, facts }: ExplainOptions,
  kind: string,
  id: string,
): Promise<string | undefined> =>
  ledger.read(async reader => {
    if (kind === 'finding') return explainFinding(reader, id);
    if (kind !== 'image' && kind !== 'repository') return undefined;
    await prepareInstants(reader, facts, { name: 'explain', kind: 'state' }, { instants: [now] });
    return ofSubject(reader, kind, id);
  });

const moment = (value: unknown): string => String(value).slice(0, 16);
const joined = (parts: readonly unknown[]): string => parts.filter(part => part !== '' && part !== null).join(', ');
const shown = 10;

const runningSql = sql('running_at', '../explain-running');
const findingsSql = sql(findingSpans, reportSpans, scopesAt, foundAt, '../explain-findings');
const lines = (rows: readonly Row[], line: (row: Row) => string): readonly string[] => [
  ...rows.slice(0, shown).map(row => `    ${line(row)}`),
  ...(rows.length > shown ? [`    … and ${rows.length - shown} more`] : []),
];

/** By its name, with tag or digest or without, or by one of its digests. */
async function ofSubject(reader: Reader, kind: 'image' | 'repository', id: string): Promise<string | undefined> {
  const reference = kind === 'image' ? imageOf(id) : undefined;
  const contents = await reader.all(
    `SELECT DISTINCT artifact, name, tag, first_at FROM artifacts
     WHERE kind = $kind AND (
       artifact = $id OR name = $id OR artifact IN (SELECT artifact FROM artifact_digests WHERE digest IN ($id, $digest))
       OR ($digest = '' AND name = $name AND ($tag = '' OR tag = $tag))
     )
     ORDER BY name, first_at DESC, artifact`,
    {
      ...{ kind, id, name: reference?.name ?? id, tag: reference?.tag ?? '', digest: reference?.digest ?? '' },
    },
  );
  if (contents.length === 0) return undefined;
  const names = [...new Set(contents.map(({ name }) => String(name)))];
  const texts: string[] = [];
  for (const name of names)
    texts.push(
      (
        await ofName(
          reader,
          kind,
          name,
          contents.filter(content => content.name === name),
        )
      ).join('\n'),
    );
  return texts.join('\n\n');
}

async function ofName(
  reader: Reader,
  kind: string,
  name: string,
  contents: readonly Row[],
): Promise<readonly string[]> {
  const asked: Parameters = { artifacts: JSON.stringify(contents.map(({ artifact }) => artifact)) };
  const inContents = `artifact IN (SELECT unnest(from_json($artifacts, '["VARCHAR"]')))`;
  const running = await reader.all(runningSql, asked);
  const scans = await reader.all(
    `SELECT scanner, part, completeness, reason, found, occurred_at, artifact FROM artifact_scans WHERE ${inContents}
     QUALIFY row_number() OVER (PARTITION BY artifact, scanner, part ORDER BY occurred_at DESC, learned_at DESC) = 1
     ORDER BY occurred_at DESC, artifact, scanner, part`,
    asked,
  );
  const sboms = await reader.all(
    `SELECT format, spec_version, tool, packages, array_to_string(gaps, ', ') AS gaps, occurred_at, artifact
     FROM artifact_sboms WHERE ${inContents}
     QUALIFY row_number() OVER (PARTITION BY artifact ORDER BY occurred_at DESC, learned_at DESC) = 1
     ORDER BY occurred_at DESC, artifact`,
    asked,
  );
  const signed = await reader.all(
    `SELECT artifact, claim, predicate_type, standing, reason, identity, issuer, builder, level, level_reason
     FROM attestations WHERE ${inContents}
     QUALIFY row_number() OVER (PARTITION BY artifact, id ORDER BY occurred_at DESC, learned_at DESC) = 1 AND holds
     ORDER BY occurred_at DESC, artifact, claim DESC, predicate_type, id`,
    asked,
  );
  const findings = await reader.all(findingsSql, { subject: `${kind}:${name}` });
  return [
    `${kind} ${name}: ${contents.length === 1 ? 'one content is' : `${contents.length} contents are`} known`,
    ...lines(contents, ({ artifact, tag, first_at }) => joined([artifact, tag, `since ${moment(first_at)}`])),
    ...(kind === 'image'
      ? [
          running.length === 0 ? '  none of them runs' : '  runs',
          ...lines(running, ({ artifact, team, service, environment }) =>
            joined([artifact, `of ${team} ${service}`, environment]),
          ),
        ]
      : []),
    scans.length === 0 ? '  never scanned' : '  scanned',
    ...lines(scans, row =>
      joined([
        `${moment(row.occurred_at)} by ${row.scanner}`,
        ...[row.part, row.completeness, row.reason, `${row.found ?? 0} found`, row.artifact],
      ]),
    ),
    sboms.length === 0 ? '  no bill of materials' : '  bills of materials',
    ...lines(sboms, row =>
      joined([
        `${moment(row.occurred_at)} ${row.format} ${row.spec_version ?? ''}`.trim(),
        ...[row.tool, `${row.packages ?? 0} packages`, row.gaps === '' ? '' : `lacks: ${row.gaps}`, row.artifact],
      ]),
    ),
    ...(kind === 'image' ? [signed.length === 0 ? '  no signature is known' : '  signatures and attestations'] : []),
    ...lines(signed, row =>
      joined([
        `${row.standing} ${row.claim}`,
        ...[row.predicate_type, row.reason, row.identity, row.issuer],
        row.builder
          ? `built by ${row.builder}, SLSA level ${row.level}${row.level_reason ? ` (${row.level_reason})` : ''}`
          : '',
        row.artifact,
      ]),
    ),
    findings.length === 0 ? '  nothing is found in it' : '  findings',
    ...lines(findings, row =>
      joined([
        `${row.n} ${row.severity} ${row.engine} ${row.state}`,
        ...[
          row.place,
          `of ${row.team} ${row.service}`,
          row.oldest === null ? '' : `the oldest since ${moment(row.oldest)}`,
        ],
      ]),
    ),
  ];
}
