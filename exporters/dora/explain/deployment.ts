/** `plumbline explain deployment ID`: every commit, link, exclusion and verdict behind what is said of it. */
import type { Reader, Row } from '../../core/ledger.ts';
import type { DoraConfig } from '../config.ts';
import { destinations } from '../production/services.ts';
import { between, joined, moment, shortSha, span } from './text.ts';

/**
 * By its name (`SOURCE:ID`), its id alone, or that of one of its regions. Undefined where nothing is known of it; of one
 * that is not counted it tells why.
 */
export async function explainDeployment(
  reader: Reader,
  config: Pick<DoraConfig, 'production'>,
  id: string,
): Promise<string | undefined> {
  const found = await reader.all(
    `WITH names AS (
       SELECT deployment, service, deployment AS name FROM production_deployments
       UNION SELECT deployment, service, part FROM deployment_parts
     )
     SELECT * FROM (
       FROM production_deployments QUALIFY row_number() OVER (PARTITION BY deployment, service ORDER BY learned_at DESC) = 1
     )
     WHERE outcome <> ''
       AND (deployment, service) IN (SELECT (deployment, service) FROM names WHERE name = $id OR ends_with(name, ':' || $id))
     ORDER BY deployment, service`,
    { id },
  );
  if (found.length === 0) return explainUncounted(reader, config, id);
  const paragraphs: string[] = [];
  for (const row of found) paragraphs.push(await paragraph(reader, row));
  return paragraphs.join('\n\n');
}

async function paragraph(reader: Reader, row: Row): Promise<string> {
  const key = { deployment: String(row.deployment), service: String(row.service) };
  const labels = (row.labels as string[] | null) ?? [];
  return [
    `deployment ${key.deployment} of ${key.service}, team ${row.team}, to ${row.environment}: ${row.outcome}`,
    `  ended ${moment(row.finished_at)} UTC, ${span(between(row.started_at, row.finished_at))} after it began`,
    `  of ${joined([
      String(row.repository),
      row.sha === '' ? 'no commit told' : `commit ${shortSha(row.sha)}`,
      row.version === '' ? '' : `version ${row.version}`,
      row.ref === '' ? '' : `ref ${row.ref}`,
      row.task === '' ? '' : `by ${row.task}`,
      labels.length === 0 ? '' : `labels ${labels.join(' ')}`,
      row.is_planned === null ? '' : row.is_planned === true ? 'said to be planned' : 'said not to be planned',
      row.incident === '' ? '' : `made for incident ${row.incident}`,
      row.rolls_back_to === '' ? '' : `said to return to ${row.rolls_back_to}`,
      String(row.url),
    ])}`,
    ...(await regionLines(reader, key)),
    ...(await changeLines(reader, key)),
    ...(await pullRequestLines(reader, key)),
    ...(await incidentLines(reader, key)),
    ...(await verdictLines(reader, key)),
  ].join('\n');
}

type Key = { readonly deployment: string; readonly service: string };
const ofKey = 'deployment = $deployment AND service = $service';

async function regionLines(reader: Reader, key: Key): Promise<readonly string[]> {
  const parts = await reader.all(`SELECT * FROM deployment_parts WHERE ${ofKey} ORDER BY finished_at, part`, key);
  const reached = await reader.all(
    `SELECT reach, reached_at FROM rollouts WHERE ${ofKey}
     QUALIFY row_number() OVER (PARTITION BY reach ORDER BY learned_at DESC) = 1 ORDER BY reached_at, reach DESC`,
    key,
  );
  if (parts.length < 2 && !parts.some(({ region }) => region !== '')) return [];
  return [
    '  regions:',
    ...parts.map(part => `    ${part.region || '-'}: ${part.outcome} at ${moment(part.finished_at)} (${part.part})`),
    ...reached.map(({ reach, reached_at: at }) => `    reached ${reach} at ${moment(at)}`),
  ];
}

const bases: Readonly<Record<string, string>> = {
  first: 'nothing was deployed before it, so its changes have no lead time',
  unknown_commit: "its commit or the one before it isn't in the history read, so its changes are not known",
  capped: 'too long after the one before it: its changes have no lead time',
  no_sha: 'no commit told, so its changes are not known',
};

const exclusions: Readonly<Record<string, string>> = {
  merge: 'a merge, whose commits stand for themselves',
  deployed_before: 'had been deployed before',
  bot: 'by a bot',
  no_date: 'has no date that can be read',
  after_deployment: 'dated after the deployment',
};

async function changeLines(reader: Reader, key: Key): Promise<readonly string[]> {
  const ranges = await reader.all(
    `SELECT * FROM (
       FROM deployment_ranges WHERE ${ofKey}
       QUALIFY row_number() OVER (PARTITION BY environment, repository ORDER BY learned_at DESC) = 1
     ) WHERE holds ORDER BY repository`,
    key,
  );
  const changes = await reader.all(
    `SELECT c.*, commits.authored_at, commits.subject, commits.author_name FROM (
       FROM deployed_changes WHERE ${ofKey}
       QUALIFY row_number() OVER (PARTITION BY environment, repository, sha ORDER BY learned_at DESC) = 1
     ) AS c LEFT JOIN commits USING (repository, sha)
     WHERE holds ORDER BY c.repository, commits.committed_at, c.sha`,
    key,
  );
  return ranges.flatMap(range => {
    const own = changes.filter(({ repository }) => repository === range.repository);
    const timed = own.filter(({ excluded }) => excluded === '').length;
    const head =
      range.basis === 'range'
        ? `${range.commits} commits, ${range.merges} of them merges, since ${range.previous} (${shortSha(range.previous_sha)}..${shortSha(range.sha)}); ${timed} have a lead time`
        : (bases[String(range.basis)] ?? String(range.basis));
    return [`  changes of ${range.repository}: ${head}`, ...own.map(changeLine)];
  });
}

function changeLine(change: Row): string {
  const { sha, subject, author_name: author, excluded } = change;
  const what =
    `    ${shortSha(sha)} ${subject === null ? '' : `"${subject}" `}${author === null ? '' : `by ${author}`}`.trimEnd();
  if (excluded !== '') return `${what}: excluded, ${exclusions[String(excluded)] ?? String(excluded)}`;
  const isSquash = change.authored_at !== null && change.clock_at !== change.authored_at;
  return `${what}: ${span(between(change.clock_at, change.occurred_at))} from ${moment(change.clock_at)}${
    isSquash ? " (its pull request's first commit)" : ''
  }, ${span(between(change.committed_at, change.occurred_at))} from its commit date`;
}

async function pullRequestLines(reader: Reader, key: Key): Promise<readonly string[]> {
  const rows = await reader.all(
    `SELECT * FROM (
       FROM deployed_pull_requests WHERE ${ofKey}
       QUALIFY row_number() OVER (PARTITION BY repository, number ORDER BY learned_at DESC) = 1
     ) WHERE holds ORDER BY repository, number`,
    key,
  );
  return rows.length === 0
    ? []
    : ['  pull requests:', ...rows.map(row => `    ${row.repository}#${row.number}: ${stagesText(row)}`)];
}

/** The stages of a row of deployed_pull_requests. */
export function stagesText(row: Row): string {
  if (row.excluded !== '') return `excluded, ${exclusions[String(row.excluded)] ?? String(row.excluded)}`;
  return joined(
    ['coding', 'review', 'merge', 'deploy', 'total'].map(stage =>
      row[stage] === null ? `${stage} not known` : `${stage} ${span(Number(row[stage]))}`,
    ),
  );
}

async function incidentLines(reader: Reader, { deployment }: Key): Promise<readonly string[]> {
  const rows = await reader.all(
    `SELECT * FROM (
       FROM incident_links QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY learned_at DESC) = 1
     ) WHERE deployment = $deployment ORDER BY started_at, source, incident`,
    { deployment },
  );
  return rows.map(
    row =>
      `  incident ${row.source}:${row.incident} of ${row.service || 'no service'}: ${row.status}, began ${moment(row.started_at)}, linked by ${String(row.reason).replaceAll('_', ' ')} (confidence ${row.confidence})`,
  );
}

async function verdictLines(reader: Reader, key: Key): Promise<readonly string[]> {
  const rows = await reader.all(
    `SELECT * FROM verdicts WHERE ${ofKey}
     QUALIFY row_number() OVER (PARTITION BY verdict ORDER BY learned_at DESC) = 1 ORDER BY occurred_at, verdict`,
    key,
  );
  if (rows.length === 0) return ['  nothing speaks against it'];
  return rows.map(row => {
    const by = joined([
      `by ${String(row.reason).replaceAll('_', ' ')}`,
      row.cause === '' ? '' : `because of ${row.cause}`,
    ]);
    const name = String(row.verdict).replaceAll('_', ' ');
    if (row.holds !== true) return `  no longer ${name}: ${by}, taken back at ${moment(row.learned_at)}`;
    const after = row.seconds === null ? '' : ` after ${span(Number(row.seconds))}`;
    return `  ${name}${after}: ${by}, since ${moment(row.occurred_at)} (confidence ${row.confidence})`;
  });
}

/** Why a deployment that a source has told of is not counted. */
async function explainUncounted(
  reader: Reader,
  config: Pick<DoraConfig, 'production'>,
  id: string,
): Promise<string | undefined> {
  const rows = await reader.all(
    `SELECT d.source, d.deployment, d.repository, d.environment,
       (SELECT arg_max(status, occurred_at) FROM deployment_statuses AS s
        WHERE s.source = d.source AND s.deployment = d.deployment) AS status,
       EXISTS (FROM backfills AS b WHERE b.repository = d.repository OR (b.repository = '*' AND b.source = d.source)) AS waits
     FROM (
       FROM deployments
       QUALIFY row_number() OVER (PARTITION BY source, deployment ORDER BY updated_at DESC, learned_at DESC) = 1
     ) AS d
     WHERE d.deployment = $id OR d.source || ':' || d.deployment = $id ORDER BY d.source, d.deployment`,
    { id },
  );
  if (rows.length === 0) return undefined;
  const isProduction = destinations(config.production);
  return rows
    .map(row => {
      const why =
        isProduction(String(row.environment)) === undefined
          ? `environment ${row.environment} is not in dora.production`
          : row.waits === true
            ? `the past of ${row.repository} is still being read`
            : `it has not ended: its newest status is ${row.status ?? 'not told'}`;
      return `deployment ${row.source}:${row.deployment} of ${row.repository} is not counted: ${why}`;
    })
    .join('\n');
}
