/** What Infracost wrote of the demo company's pull requests: a run of each, and one of the commit that merged it. */
import { createHash } from 'node:crypto';
import { dayMs } from './chance.ts';
import { levelOf } from './level.ts';
import { changes, services } from './world.ts';

const monthsBack = 5;
/** Days from a pull request's estimate to its merge. */
const reviewDays = 4;
const hours = 3_600_000;
const daysOfMonth = 365 / 12;

export const repositoryOf = (service: string): string => `acme-shop/${service}`;

/** Documents by file name, of all pull requests that are open or merged before `until`. */
export function infracostFiles(until: Date): Readonly<Record<string, string>> {
  const files: Record<string, string> = {};
  for (let back = monthsBack; back >= -1; back--)
    for (const change of changes) {
      const merged = new Date(Date.UTC(until.getUTCFullYear(), until.getUTCMonth() - back, change.day, 14));
      const opened = new Date(merged.getTime() - reviewDays * dayMs);
      const number = change.pullRequest + merged.getUTCFullYear() * 12 + merged.getUTCMonth() - 2024 * 12;
      const run = { ...change, number, isUp: merged.getUTCMonth() % 2 === 0 };
      const name = `${change.service}-${number}`;
      if (opened < until) files[`${name}.json`] = documentOf({ ...run, at: opened, isMerge: false });
      if (merged < until) files[`${name}-merged.json`] = documentOf({ ...run, at: merged, isMerge: true });
    }
  return files;
}

interface Run {
  readonly service: string;
  readonly estimated: number;
  readonly number: number;
  readonly isUp: boolean;
  readonly at: Date;
  readonly isMerge: boolean;
}

function documentOf({ service, estimated, number, isUp, at, isMerge }: Run): string {
  const day = new Date(Math.floor(at.getTime() / dayMs) * dayMs);
  const known = services.find(({ name }) => name === service);
  // Production and staging, at the list price less what is always taken off.
  const past = known === undefined ? 0 : levelOf(known, mondayBefore(day)) * 1.18 * 0.92 * daysOfMonth;
  const change = past * estimated * (isUp ? 1 : -1);
  const repository = repositoryOf(service);
  const commit = createHash('sha1').update(`${service} ${number} ${isMerge}`).digest('hex');
  const cost = (amount: number) => ({ resources: [], totalMonthlyCost: amount.toFixed(2) });
  const document = {
    version: '0.2',
    currency: 'USD',
    timeGenerated: new Date(at.getTime() + hours / 4).toISOString(),
    metadata: {
      infracostCommand: 'diff',
      vcsRepositoryUrl: `https://git.example/${repository}`,
      vcsBranch: isMerge ? 'main' : `change-${number}`,
      vcsCommitSha: commit,
      vcsCommitTimestamp: at.toISOString(),
      vcsCommitMessage: isMerge ? `Merge pull request #${number} from change-${number}` : 'Change capacity',
      ...(isMerge ? {} : { vcsPullRequestId: String(number), vcsBaseBranch: 'main' }),
    },
    projects: [
      {
        name: `${repository}/infrastructure`,
        metadata: { path: 'infrastructure', vcsSubPath: 'infrastructure', type: 'terraform_dir' },
        pastBreakdown: cost(past),
        breakdown: cost(past + change),
        diff: cost(change),
        summary: { totalDetectedResources: 12, unsupportedResourceCounts: {}, noPriceResourceCounts: {} },
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

const mondayBefore = (day: Date) => new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * dayMs);
