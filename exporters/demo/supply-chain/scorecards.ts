/** How the demo company's repositories are kept: one Scorecard of each fourth week, of one service of each team that has it. */
import { chance, dayMs, isoDay } from '../chance.ts';
import { repositoryOf } from '../infracost.ts';
import { mondays, type Span } from '../policy/story.ts';
import { hashOf } from './images.ts';

const kept = ['checkout-api', 'payments-api', 'search-api', 'event-pipeline', 'login', 'inference'];

/** The name of each check, with what most score. */
const checks: Readonly<Record<string, number>> = {
  ...{ 'Binary-Artifacts': 10, 'Branch-Protection': 6, 'CI-Tests': 9, 'Code-Review': 7, 'Dangerous-Workflow': 10 },
  ...{ Fuzzing: 1, Maintained: 9, 'Pinned-Dependencies': 4, SAST: 5, 'Security-Policy': 8, 'Token-Permissions': 5 },
};

type Files = ReadonlyMap<string, { readonly at: Date; readonly text: string }>;

export function scorecardFiles(span: Span, story: Date): Files {
  const times = mondays(span, story, 6);
  const files = new Map<string, { at: Date; text: string }>();
  for (const at of times.filter(one => Math.floor(one.getTime() / dayMs / 7) % 4 === 0 || one === times[0]))
    for (const service of kept) {
      const scored = Object.entries(checks).map(([name, usual]) => ({ name, score: scoreOf(service, name, usual) }));
      const told = scored.filter(({ score }) => score >= 0);
      const document = {
        date: at.toISOString(),
        repo: {
          name: `github.com/${repositoryOf(service)}`,
          commit: hashOf('commit', service, isoDay(at)).slice(0, 40),
        },
        scorecard: { version: 'v5.0.0', commit: hashOf('scorecard').slice(0, 40) },
        score: Math.round((10 * told.reduce((sum, { score }) => sum + score, 0)) / told.length) / 10,
        checks: scored.map(one => ({ ...one, reason: one.score < 0 ? 'internal error' : 'made up', details: null })),
      };
      files.set(`scorecards/${service}-${isoDay(at)}.json`, { at, text: `${JSON.stringify(document)}\n` });
    }
  return files;
}

/** Nobody may see how one team's branches are protected. */
function scoreOf(service: string, check: string, usual: number): number {
  if (service === 'login' && check === 'Branch-Protection') return -1;
  return Math.max(0, Math.min(10, usual + Math.round(5 * chance('scorecard', service, check) - 3)));
}
