/** Facts of checks that come as they are: in files, and by posts. */
import { fold } from '../catalog/refs.ts';
import type { Rejection } from '../core/rejections.ts';
import { sqlTime } from '../core/time.ts';
import type { CatalogService } from './catalog-facts.ts';

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
  readonly accepted: readonly AcceptedFact[];
}

/** `since` as the ledger has times; '' where nobody says. */
export type AcceptedFact = FactTold & { readonly team: string };

const states = ['pass', 'fail', 'unknown'] as const;

const dayMs = 86_400_000;
/** `2026-11-01`, `2026-11-01 10:00`, RFC 3339; UTC where no offset is told. Undefined for anything else. */
function instantOf(text: string): Date | undefined {
  if (!/^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?Z|[+-]\d\d:?\d\d)?)?$/i.test(text)) return undefined;
  const told = text.replace(' ', 'T').replace(' ', '');
  const at = new Date(told.length > 10 && !/(z|[+-]\d\d:?\d\d)$/i.test(told) ? `${told}Z` : told);
  return Number.isNaN(at.getTime()) ? undefined : at;
}

/** Of one check and service the last line counts. */
export function readFacts(
  told: readonly FactTold[],
  {
    checks,
    services,
    source,
    now,
  }: {
    readonly checks: readonly string[];
    readonly services: readonly CatalogService[];
    readonly source: string;
    readonly now: Date;
  },
): FactsRead {
  const known = new Map(services.map(one => [fold(one.service), one]));
  const rejections: Rejection[] = [];
  const accepted = new Map<string, AcceptedFact>();
  for (const fact of told) {
    const reject = (reason: string, field: string, value: string) =>
      rejections.push({ file: source, reason, field, value, ...(fact.line === undefined ? {} : { line: fact.line }) });
    const service = known.get(fold(fact.service));
    const since = fact.since === '' ? undefined : instantOf(fact.since);
    if (!checks.includes(fact.check)) reject('unknown_check', 'check', fact.check);
    else if (service === undefined) reject('unknown_service', 'service', fact.service);
    else if (!(states as readonly string[]).includes(fact.state)) reject('bad_state', 'state', fact.state);
    else if (fact.since !== '' && (since === undefined || since.getTime() > now.getTime() + dayMs))
      reject('bad_date', 'since', fact.since);
    else
      accepted.set(JSON.stringify([fact.check, service.service]), {
        ...{ ...fact, service: service.service, team: service.team },
        since: since === undefined ? '' : sqlTime(since),
      });
  }
  return { rejections, accepted: [...accepted.values()] };
}
