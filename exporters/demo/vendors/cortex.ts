/** Cortex below `/cortex`: its catalog, its scorecards and their scores, in pages numbered from 0. */
import { levels, mostPoints, scorecards, scoresOn } from '../experience/scorecards.ts';
import { repositoryOf } from '../infracost.ts';
import { services } from '../world.ts';
import type { Vendor } from './vendor.ts';

export const cortexAnswer: Vendor = ({ url, until, story }) => {
  const path = /^\/cortex\/api\/v1\/(.+)$/.exec(url.pathname)?.[1];
  if (path === undefined) return undefined;
  const size = Number(url.searchParams.get('pageSize') ?? 250);
  const page = Number(url.searchParams.get('page') ?? 0);
  const paged = (key: string, items: readonly unknown[], more: object = {}) => ({
    status: 200,
    body: {
      ...{ ...more, [key]: items.slice(page * size, (page + 1) * size) },
      ...{ page, total: items.length, totalPages: Math.ceil(items.length / size) },
    },
  });
  if (path === 'catalog') return paged('entities', entities);
  if (path === 'scorecards') return paged('scorecards', scorecards.map(described));
  const [, tag, scores] = /^scorecards\/([^/]+)(\/scores)?$/.exec(path) ?? [];
  const scorecard = scorecards.find(one => one.tag === tag);
  if (scorecard === undefined) return undefined;
  if (scores === undefined) return { status: 200, body: { scorecard: described(scorecard) } };
  return paged(
    'serviceScores',
    scoresOn(until, story, scorecard).map(({ service, team, evaluatedAt, points, level }) => ({
      lastEvaluated: evaluatedAt,
      service: { tag: service, name: service, groups: [], owners: { groups: [team], individuals: [] } },
      score: {
        ladderLevels: [level === undefined ? {} : { level: { name: level, number: levels[level] } }],
        rules: [],
        summary: { score: points, totalPossibleScore: mostPoints, percentage: points / mostPoints },
      },
    })),
    { scorecardTag: scorecard.tag, scorecardName: scorecard.name },
  );
};

const described = ({ tag, name }: (typeof scorecards)[number]) => ({
  ...{ tag, name, isDraft: false, rules: [] },
  levels: Object.entries(levels).map(([level, number]) => ({ level: { name: level, number } })),
});

const entities = services.map(({ name, team }) => ({
  ...{ tag: name, name, type: 'service', isArchived: false },
  git: { provider: 'github', repository: repositoryOf(name) },
  owners: { individuals: [], teams: [{ tag: team, name: team }] },
}));
