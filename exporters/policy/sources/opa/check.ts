/** What `plumbline check` says of OPAs: decisions that they lose, and the setting that mends it. */
import type { Notice } from '../../../core/exporter.ts';
import type { Ledger, Row } from '../../../core/ledger.ts';
import type { OpaConfig } from './config.ts';

/** OPA's default of decision_logs.reporting.upload_size_limit_bytes, in bytes as posted. */
const defaultLimit = 32_768;
const mend = 'set decision_logs.reporting.upload_size_limit_bytes to 4194304 in its configuration';
const enough = 0.98;

export async function opaNotices(ledger: Ledger, configs: readonly OpaConfig[]): Promise<readonly Notice[]> {
  if (configs.length === 0) return [];
  const [instances, dropped] = await ledger.read(async reader => [
    await reader.all(
      `SELECT team, service, environment, count(*) AS instances,
         sum(received)::BIGINT AS received, sum(errors)::BIGINT AS errors, max(largest_post) AS largest_post,
         sum(settled_requests)::BIGINT AS requests, sum(settled_received)::BIGINT AS settled,
         count(*) FILTER (state = 'no_status') AS without_status,
         count(*) FILTER (state <> 'no_status' AND raw_requests IS NULL) AS without_metrics
       FROM opa_instances
       WHERE seen_at > (SELECT max(seen_at) FROM opa_instances) - INTERVAL 1 DAY
       GROUP BY team, service, environment ORDER BY ALL`,
    ),
    await reader.all(
      `SELECT team, service, environment, kind, sum(drops)::BIGINT AS drops FROM opa_drops
       WHERE occurred_at > (SELECT max(occurred_at) FROM opa_drops) - INTERVAL 1 DAY
       GROUP BY ALL ORDER BY ALL`,
    ),
  ]);
  return [...instances.flatMap(ofInstances), ...dropped.map(ofDrops)];
}

const subjectOf = ({ team, service, environment }: Row) => `OPA of ${team}, ${service}, ${environment}`;

function ofInstances(row: Row): readonly Notice[] {
  const subject = subjectOf(row);
  const [requests, settled, errors] = [Number(row.requests), Number(row.settled), Number(row.errors)];
  const [largest, received] = [Number(row.largest_post), Number(row.received)];
  const isSmall = largest > 0 && largest <= defaultLimit;
  const notices: Notice[] = [];
  if (requests >= 100 && settled / requests < enough)
    notices.push({
      subject,
      text:
        `of ${requests} decisions that it made ${settled} have come; its status does not say so. ` +
        (isSmall
          ? `No upload was above ${largest} bytes: at its default limit OPA loses whole chunks once a decision has an error; ${mend}`
          : 'What a drop rule of decision_logs removes counts here too; else see its log, and its drop counters'),
    });
  else if (isSmall && errors > 0 && largest > defaultLimit / 2)
    notices.push({
      subject,
      text: `${errors} of its ${received} decisions have an error, and its uploads end at ${largest} bytes: OPA loses whole chunks without a word then; ${mend}`,
    });
  const [silent, blind] = [Number(row.without_status), Number(row.without_metrics)];
  if (silent > 0)
    notices.push({
      subject,
      text: `${silent} of ${row.instances} post no status, so that nobody knows what is missing; add status.service and status.prometheus: true to its configuration`,
    });
  if (blind > 0)
    notices.push({
      subject,
      text: `${blind} of ${row.instances} post a status without counters, so that nobody knows what is missing; add status.prometheus: true to its configuration`,
    });
  return notices;
}

const remedies: Readonly<Record<string, string>> = {
  buffer_size:
    'uploads that dropped the oldest; raise decision_logs.reporting.buffer_size_limit_bytes, or leave it out',
  rate_limit: 'decisions; raise decision_logs.reporting.max_decisions_per_second, or leave it out',
  encoding: `chunks; ${mend}`,
};

const ofDrops = (row: Row): Notice => ({
  subject: subjectOf(row),
  text: `it dropped ${row.drops} ${remedies[String(row.kind)] ?? `by ${row.kind}`}`,
});
