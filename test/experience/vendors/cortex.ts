/**
 * Cortex's REST API on a local port, as far as scorecards go: bearer keys, lists in pages numbered from 0, 404s and 429s
 * as it has them, faults on request. The bodies are of our own making, in the shape that its OpenAPI document has.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface FakeScore {
  readonly level?: string;
  readonly score: number;
  readonly most?: number;
  readonly evaluated?: string;
  readonly groups?: readonly string[];
}

export interface FakeScorecard {
  /** Names by number. */
  readonly levels?: Readonly<Record<string, number>>;
  readonly isDraft?: boolean;
  readonly scores: Readonly<Record<string, FakeScore | { readonly raw: unknown }>>;
}

export interface ScorecardWorld {
  scorecards: Readonly<Record<string, FakeScorecard>>;
  catalog: Readonly<Record<string, { readonly repository?: string; readonly team?: string; readonly type?: string }>>;
  /** The most that a page has, whatever is asked for. */
  pageSize: number;
  /** What pages of scores tell beside their scores. */
  paging: 'told' | 'untold' | 'ignored';
  /** The list of scorecards has no levels, as each by itself has. */
  isListShort: boolean;
  fault?: ((path: string, query: URLSearchParams, response: ServerResponse) => boolean) | undefined;
}

export const key = 'cortex-key-of-a-test-0123456789';
export const person = 'ada@example.invalid';

export async function startCortex(t: Ending, given: Partial<ScorecardWorld> = {}) {
  const world: ScorecardWorld = {
    ...{ scorecards: {}, catalog: {}, pageSize: 1_000, paging: 'told', isListShort: false },
    ...given,
  };
  const asked: string[] = [];
  const { url } = await startLocalServer(t, (request, response) => {
    const { pathname, searchParams, search } = new URL(request.url ?? '/', 'http://api');
    asked.push(pathname + search);
    if (world.fault?.(pathname, searchParams, response)) return;
    if (request.headers.authorization !== `Bearer ${key}`) return void send(response, 401, { message: 'Unauthorized' });
    answer(world, pathname, searchParams, response);
  });
  return { url, asked, world };
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

function answer(world: ScorecardWorld, path: string, query: URLSearchParams, response: ServerResponse): true {
  const isIgnored = path.endsWith('/scores') && world.paging === 'ignored';
  const paged = (listKey: string, items: readonly unknown[]) => {
    const size = isIgnored ? items.length : Math.min(world.pageSize, Number(query.get('pageSize') ?? 250));
    const page = Number(query.get('page') ?? 0);
    const from = isIgnored ? 0 : page * size;
    const paging = { page, total: items.length, totalPages: Math.ceil(items.length / size) };
    return {
      [listKey]: items.slice(from, from + size),
      ...(path.endsWith('/scores') && world.paging !== 'told' ? {} : paging),
    };
  };
  if (path === '/api/v1/catalog') {
    const types = (query.get('types') ?? '').split(',');
    const entities = Object.entries(world.catalog).filter(([, { type = 'service' }]) => types.includes(type));
    return send(
      response,
      200,
      paged(
        'entities',
        entities.map(([tag, entity]) => entityJson(tag, entity)),
      ),
    );
  }
  if (path === '/api/v1/scorecards') {
    const shown = Object.entries(world.scorecards).filter(
      ([, { isDraft }]) => !isDraft || query.get('showDrafts') === 'true',
    );
    const list = shown.map(([tag, one]) => scorecardJson(tag, one, world.isListShort));
    return send(response, 200, paged('scorecards', list));
  }
  const [, tag = '', rest] = /^\/api\/v1\/scorecards\/([^/]+)(\/scores)?$/.exec(path) ?? [];
  const scorecard = world.scorecards[decodeURIComponent(tag)];
  if (scorecard === undefined) return send(response, 404, { type: 'NOT_FOUND', message: 'Scorecard not found' });
  if (rest === undefined) return send(response, 200, { scorecard: scorecardJson(tag, scorecard, false) });
  const scores = Object.entries(scorecard.scores).map(([entity, score]) =>
    'raw' in score ? score.raw : scoreJson(entity, score, scorecard),
  );
  return send(response, 200, {
    ...{ scorecardId: 1, scorecardName: tag.toUpperCase(), scorecardTag: tag },
    ...paged('serviceScores', scores),
  });
}

const levelsOf = ({ levels = {} }: FakeScorecard) =>
  Object.entries(levels).map(([name, number]) => ({ level: { name, number } }));

const scorecardJson = (tag: string, scorecard: FakeScorecard, isShort: boolean) => ({
  ...{ tag, name: tag.toUpperCase(), isDraft: scorecard.isDraft ?? false, lastUpdated: '2026-11-01T00:00:00Z' },
  ...{ exemptions: { enabled: true, autoApprove: false }, notifications: { enabled: true }, rules: [] },
  ...(isShort ? {} : { levels: levelsOf(scorecard) }),
});

const scoreJson = (
  entity: string,
  { level, score, most = 10, evaluated = '2026-11-01T00:00:00Z', groups = [] }: FakeScore,
  { levels = {} }: FakeScorecard,
) => ({
  lastEvaluated: evaluated,
  service: {
    ...{ id: `en-${entity}`, tag: entity, name: entity.toUpperCase(), groups: ['tier-1'] },
    owners: { groups, individuals: [{ email: person, description: 'said by a person' }] },
  },
  score: {
    ladderLevels:
      Object.keys(levels).length === 0
        ? []
        : [level === undefined ? {} : { level: { name: level, number: levels[level] ?? 99 } }],
    rules: [{ identifier: 'r1', expression: 'git != null', score }],
    summary: { score, totalPossibleScore: most, percentage: most === 0 ? 0 : score / most },
  },
  ruleExemptions: [],
});

const entityJson = (tag: string, { repository, team, type = 'service' }: ScorecardWorld['catalog'][string]) => ({
  ...{ tag, type, isArchived: false, id: `en-${tag}`, name: tag.toUpperCase(), groups: [], links: [] },
  ...(repository === undefined ? {} : { git: { provider: 'github', repository } }),
  owners: { individuals: [{ email: person }], teams: team === undefined ? [] : [{ tag: team, name: team }] },
});
