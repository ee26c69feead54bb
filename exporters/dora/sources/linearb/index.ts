/**
 * LinearB: what it computes of the organisation, of teams and of repositories, to be held against ours. Cycle time is
 * what it has in place of change lead time (coding, pickup, review and deploy of a branch); its deployments are
 * releases; change failure rate is incidents over deployments; MTTR is a mean. Documented shape only: endpoints, bodies
 * and units are those of docs.linearb.io/api-measurements-v2 and of public clients of it. That names stand beside a
 * team's id, whether `before` is inclusive, and in which time zone its days are, isn't said there; days of UTC are asked
 * for, `before` being the first day that is no more meant.
 */
import { createHash } from 'node:crypto';
import { keepRejections } from '../../../core/rejections.ts';
import type { PullSource } from '../../../core/source.ts';
import { type ExternalCursor, externalWindows, periodEnds, periodsTo, storeExternal } from '../../external.ts';
import { type ClientOptions, type LinearBClient, linearbClient, type MeasurementsQuery } from './client.ts';
import type { LinearBConfig } from './config.ts';
import { placeOf, readWindow } from './measurements.ts';

/** LinearB groups by ten repositories at most. */
const repositoriesARequest = 10;

export function linearbSource(config: LinearBConfig, client: ClientOptions = {}): PullSource {
  const { name } = config;
  const shape = shapeOf(config);
  const queriesAnEnd = 1 + Number(config.teams) + Math.ceil(config.repositories.length / repositoriesARequest);
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const known = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const ends = endsOf(config, typeof known === 'string' ? JSON.parse(known) : undefined, now());
      return {
        requests: Number(config.teams) + ends.length * queriesAnEnd,
        text: `measurements of ${externalWindows.join(', ')} days up to ${ends.length === 1 ? 'today' : `${ends.length} days, the last of them today`}, every ${config.every / 3600} hours`,
      };
    },
    batches: async function* (context, before) {
      const api = linearbClient(config, context, client);
      const names = {
        teams: config.teams ? await api.teams() : new Map<number, string>(),
        repositories: new Map(config.repositories.map(({ id, service }) => [id, service])),
      };
      const ends = endsOf(config, before, context.now());
      for (const [index, end] of ends.entries()) {
        const read = await readEnd(api, config, end);
        context.progress(index + 1, ends.length, 'days of the past');
        const pages = read.flatMap(({ windows, ...asked }) => windows.map(window => readWindow(window, asked, names)));
        const told = pages.flatMap(page => page.told);
        const rejections = pages.flatMap(page => page.rejections);
        yield {
          cursor: { shape, through: end } satisfies ExternalCursor,
          write: async tx => {
            const now = context.now();
            const changed = await storeExternal(tx, name, told, now);
            const asked = read.map(({ groupBy }) => placeOf(groupBy, end));
            const rejected = await keepRejections(tx, name, { read: asked, rejections }, now);
            return { records: told.length, changed, rejected };
          },
        };
      }
    },
  };
}

async function readEnd(api: LinearBClient, config: LinearBConfig, end: string) {
  const periods = periodsTo(end);
  const ids = config.repositories.map(({ id }) => id);
  const queries: MeasurementsQuery[] = [
    { groupBy: 'organization', periods },
    ...(config.teams ? [{ groupBy: 'team', periods } as const] : []),
  ];
  for (let start = 0; start < ids.length; start += repositoriesARequest)
    queries.push({ groupBy: 'repository', periods, repositories: ids.slice(start, start + repositoriesARequest) });
  const read = [];
  for (const query of queries)
    read.push({ groupBy: query.groupBy, periods, end, windows: await api.measurements(query) });
  return read;
}

const endsOf = (config: LinearBConfig, before: unknown, now: Date): readonly string[] => {
  const cursor = before as ExternalCursor | undefined;
  return periodEnds(now, cursor?.shape === shapeOf(config) ? cursor.through : undefined, config.history_weeks);
};

/** What was asked for. */
const shapeOf = ({ url, teams, repositories, history_weeks }: LinearBConfig): string =>
  createHash('sha256')
    .update(JSON.stringify([url, teams, repositories, history_weeks]))
    .digest('hex')
    .slice(0, 16);
