/**
 * Sleuth: what it computes of projects and teams, to be held against ours. Its lead time runs from the first commit to
 * the deploy and is a mean, as is its recovery; a failure is a deploy that its impact sources say is unhealthy.
 * Documented shape only: `metricsRecap` with its filters and `numOfDeploys` are in Sleuth's GraphQL examples, its other
 * fields and the lists in public clients of it. Sleuth says that its schema may change: what it doesn't know any more is
 * an error in its answer, told as such.
 */
import { createHash } from 'node:crypto';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { PullSource } from '../../../core/source.ts';
import { type ExternalCursor, externalWindows, periodEnds, storeExternal } from '../../external.ts';
import { type ClientOptions, type SleuthClient, sleuthClient } from './client.ts';
import type { SleuthConfig } from './config.ts';
import { projectsOf, teamsOf } from './lists.ts';
import { placeOf, recapsTo, type Subject, type Told } from './recap.ts';

/** Each has three windows in a query. */
const subjectsAQuery = 10;

export function sleuthSource(config: SleuthConfig, client: ClientOptions = {}): PullSource {
  const { name, organization } = config;
  const shape = shapeOf(config);
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const known = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const ends = endsOf(config, typeof known === 'string' ? JSON.parse(known) : undefined, now());
      const listed = (config.projects?.length ?? 1) + (config.teams?.length ?? 1);
      return {
        requests: 2 + ends.length * Math.ceil(listed / subjectsAQuery),
        text: `recaps of ${externalWindows.join(', ')} days up to ${ends.length === 1 ? 'today' : `${ends.length} days, the last of them today`}, ten projects or teams a request, every ${config.every / 3600} hours`,
      };
    },
    batches: async function* (context, before) {
      const api = sleuthClient(config, context, client);
      const subjects = await subjectsOf(api, config);
      const ends = endsOf(config, before, context.now());
      for (const [index, end] of ends.entries()) {
        const told: Told[] = [];
        const rejections: Rejection[] = [];
        for (let start = 0; start < subjects.length; start += subjectsAQuery) {
          const recaps = await recapsTo(api, organization, subjects.slice(start, start + subjectsAQuery), end);
          told.push(...recaps.told);
          rejections.push(...recaps.rejections);
        }
        context.progress(index + 1, ends.length, 'days of the past');
        yield {
          cursor: { shape, through: end } satisfies ExternalCursor,
          write: async tx => {
            const now = context.now();
            const changed = await storeExternal(tx, name, told, now);
            const read = subjects.map(subject => placeOf(subject, end));
            return {
              ...{ records: told.length, changed },
              rejected: await keepRejections(tx, name, { read, rejections }, now),
            };
          },
        };
      }
    },
  };
}

async function subjectsOf(api: SleuthClient, config: SleuthConfig): Promise<readonly Subject[]> {
  const projects = config.projects ?? (await projectsOf(api, config.organization));
  const teams = config.teams ?? (await teamsOf(api, config.organization));
  return [
    ...projects.map(slug => ({ kind: 'project', slug, service: config.services[slug] ?? slug }) as const),
    ...teams.map(slug => ({ kind: 'team', slug, team: slug }) as const),
  ];
}

const endsOf = (config: SleuthConfig, before: unknown, now: Date): readonly string[] => {
  const cursor = before as ExternalCursor | undefined;
  return periodEnds(now, cursor?.shape === shapeOf(config) ? cursor.through : undefined, config.history_weeks);
};

/** What was asked for. */
const shapeOf = ({ url, organization, projects, teams, services, history_weeks }: SleuthConfig): string =>
  createHash('sha256')
    .update(JSON.stringify([url, organization, projects, teams, services, history_weeks]))
    .digest('hex')
    .slice(0, 16);
