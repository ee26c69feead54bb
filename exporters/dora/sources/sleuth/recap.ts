/**
 * Sleuth's recap of a period: how many deploys, mean lead time and mean recovery in seconds, failures as a percentage.
 * Where there was no deploy it says 0 for all of them, and 0 for the recovery where nothing failed: no values, but none.
 */
import { z } from 'zod';
import type { Rejection } from '../../../core/rejections.ts';
import { type Period, periodsTo } from '../../external.ts';
import type { ExternalMetricFact } from '../../facts.ts';
import { type SleuthClient, unexpected } from './client.ts';

export type Told = Omit<ExternalMetricFact, 'updatedAt'>;

/** A project or a team, and what it is called here. */
export interface Subject {
  readonly kind: 'project' | 'team';
  readonly slug: string;
  readonly team?: string;
  readonly service?: string;
}

const recapSchema = z.looseObject({});
const answerSchema = z.object({ organization: z.record(z.string(), recapSchema.nullable()) });

const fields = ['numOfDeploys', 'avgLeadTimeInSec', 'failureRatePercent', 'avgMttrDurationInSec'] as const;

/** Where the rejects of a subject stand. */
export const placeOf = ({ kind, slug }: Subject, end: string): string => `${kind} ${slug} to ${end}`;

/** The windows of several subjects up to a UTC day, in one query. */
export async function recapsTo(
  api: SleuthClient,
  organization: string,
  subjects: readonly Subject[],
  end: string,
): Promise<{ readonly told: readonly Told[]; readonly rejections: readonly Rejection[] }> {
  const periods = periodsTo(end);
  const variables: Record<string, unknown> = { organization, end: `${end}T00:00:00Z` };
  const declared = ['$organization: ID!', '$end: DateTime!'];
  for (const { days, start } of periods) {
    variables[`start${days}`] = `${start}T00:00:00Z`;
    declared.push(`$start${days}: DateTime!`);
  }
  const asked: string[] = [];
  for (const [index, { kind, slug }] of subjects.entries()) {
    variables[`slugs${index}`] = [slug];
    declared.push(`$slugs${index}: [ID]`);
    for (const { days } of periods)
      asked.push(
        `${aliasOf(index, days)}: metricsRecap(start: $start${days}, end: $end, filters: {${kind}Slugs: $slugs${index}}) { ${fields.join(' ')} }`,
      );
  }
  const query = `query Recaps(${declared.join(', ')}) {\n  organization(orgSlug: $organization) {\n    ${asked.join('\n    ')}\n  }\n}`;
  const what = `the recap of ${subjects.length} projects and teams up to ${end}`;
  const said = answerSchema.safeParse(await api.query(what, query, variables));
  if (!said.success) throw unexpected(what, said.error);
  const read = subjects.flatMap((subject, index) =>
    periods.map(period => readRecap(subject, period, said.data.organization[aliasOf(index, period.days)])),
  );
  return { told: read.flatMap(({ told }) => told), rejections: read.flatMap(({ rejections }) => rejections) };
}

const aliasOf = (index: number, days: number) => `s${index}w${days}`;

function readRecap(subject: Subject, period: Period, recap: Readonly<Record<string, unknown>> | null | undefined) {
  const rejections: Rejection[] = [];
  const told: Told[] = [];
  const file = placeOf(subject, period.end);
  if (recap == null) return { told, rejections: [{ file, reason: 'no_recap', value: `${period.days} days` }] };
  const number = (field: (typeof fields)[number]): number | undefined => {
    const value = recap[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
    rejections.push({ file, reason: 'no_measurement', field, value: JSON.stringify(value) });
    return undefined;
  };
  const add = (metric: Told['metric'], statistic: Told['statistic'], value: number | undefined) => {
    if (value === undefined) return;
    const { team, service } = subject;
    told.push({
      ...({ tool: 'sleuth', metric, statistic, value } as const),
      ...(team === undefined ? {} : { team }),
      ...(service === undefined ? {} : { service }),
      ...{ periodStart: `${period.start}T00:00:00Z`, periodEnd: `${period.end}T00:00:00Z` },
    });
  };
  const deploys = number('numOfDeploys');
  const leadTime = number('avgLeadTimeInSec');
  const failures = number('failureRatePercent');
  const recovery = number('avgMttrDurationInSec');
  add('deployments', '', deploys);
  if (deploys !== undefined && deploys > 0) {
    add('change_lead_time', 'mean', leadTime);
    add('change_fail_ratio', '', failures === undefined ? undefined : failures / 100);
  }
  add('recovery_time', 'mean', recovery === 0 ? undefined : recovery);
  return { told, rejections };
}
