/** Facts of checks that come as they are: in files, and by posts. */
import { fold } from '../catalog/refs.ts';
import type { Rejection } from '../core/rejections.ts';
import { sqlTime } from '../core/time.ts';
import type { CatalogService } from './catalog-facts.ts';
import { serviceRow, type ToldCheck } from './store.ts';

export interface FactTold {
  readonly check: string;
  readonly service: string;
  readonly state: string;
  readonly detail: string;
  /** '' where nobody says. */
  readonly since: string;
  /** 1-based, where it is of a file. */
  readonly line?: number;
}

export interface FactsRead {
  readonly rejections: readonly Rejection[];
  /** All that is told now of each check in them. */
  readonly checks: (now: Date) => readonly ToldCheck[];
  readonly accepted: readonly (FactTold & { readonly team: string })[];
}

const states = ['pass', 'fail', 'unknown'] as const;
type State = (typeof states)[number];

/** Of one check and service the last line counts. */
export function readFacts(
  told: readonly FactTold[],
  {
    checks,
    services,
    source,
  }: { readonly checks: readonly string[]; readonly services: readonly CatalogService[]; readonly source: string },
): FactsRead {
  const known = new Map(services.map(one => [fold(one.service), one]));
  const rejections: Rejection[] = [];
  const accepted = new Map<string, FactTold & { readonly team: string }>();
  for (const fact of told) {
    const reject = (reason: string, field: string, value: string) =>
      rejections.push({ file: source, reason, field, value, ...(fact.line === undefined ? {} : { line: fact.line }) });
    const service = known.get(fold(fact.service));
    const since = fact.since === '' ? undefined : new Date(fact.since);
    if (!checks.includes(fact.check)) reject('unknown_check', 'check', fact.check);
    else if (service === undefined) reject('unknown_service', 'service', fact.service);
    else if (!(states as readonly string[]).includes(fact.state)) reject('bad_state', 'state', fact.state);
    else if (since !== undefined && Number.isNaN(since.getTime())) reject('bad_date', 'since', fact.since);
    else
      accepted.set(JSON.stringify([fact.check, service.service]), {
        ...{ ...fact, service: service.service, team: service.team },
        since: since === undefined ? '' : sqlTime(since),
      });
  }
  const facts = [...accepted.values()];
  return {
    rejections,
    accepted: facts,
    checks: now =>
      [...Map.groupBy(facts, ({ check }) => check)].map(([check, own]) => ({
        ...{ exporter: 'told', check, agesFrom: 'look' },
        rows: own.map(({ service, team, state, detail, since }) =>
          serviceRow(now, {
            ...{ service, team, state: state as State, detail: detail.slice(0, 200) },
            since: since === '' ? undefined : since,
          }),
        ),
      })),
  };
}
