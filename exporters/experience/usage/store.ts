/** What portals tell of their use into the ledger: each event once, each task in each of its states once. */
import { readFileSync } from 'node:fs';
import { type Ownership, unassigned, unowned } from '../../catalog/ownership.ts';
import { parseRef } from '../../catalog/refs.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { sqlTime } from '../../core/time.ts';
import type { ExperienceConfig } from '../config.ts';
import type { Pseudonyms } from '../pseudonym.ts';
import { type Features, featuresOf, type Kind, kindId } from './features.ts';
import { personOf } from './people.ts';
import type { TemplateTask, UsageEvent, UsageTold } from './told.ts';

export interface StoreUsageOptions {
  readonly config: Pick<ExperienceConfig, 'features' | 'privacy'>;
  readonly ownership: Ownership;
  readonly pseudonyms: Pseudonyms;
  readonly now: Date;
}

/** So many kinds of use are told apart: whoever posts chooses the names of plug-ins and routes. */
const mostKinds = 20_000;

const statements = readFileSync(new URL('./store.sql', import.meta.url), 'utf8').split(/;\n/);
const ended: readonly TemplateTask['status'][] = ['completed', 'failed', 'cancelled'];

/** Stores what a source tells; returns how many events, and states of tasks, are new. */
export async function storeUsage(
  tx: Transaction,
  source: string,
  told: UsageTold,
  options: StoreUsageOptions,
): Promise<number> {
  const { config, pseudonyms, now } = options;
  const features = featuresOf(config.features);
  const services = new Map(options.ownership.document.directory.services.map(service => [service.ref, service]));
  const oldest = now.getTime() - config.privacy.retention_days * 864e5;
  const tasks = told.tasks.filter(({ createdAt }) => Date.parse(createdAt) >= oldest);
  const kinds = await admitKinds(tx, features, [
    ...told.events.map(event => kindOfEvent(event, features)),
    ...tasks.map(({ template }) => kindOfTemplate(template)),
  ]);
  await stage(
    tx,
    'usage_told',
    {
      ...{ id: 'UBIGINT', ts: 'TIMESTAMP', person: 'VARCHAR', kind: 'VARCHAR', action: 'VARCHAR', feature: 'VARCHAR' },
      ...{ plugin: 'VARCHAR', result: 'VARCHAR', team: 'VARCHAR', service: 'VARCHAR' },
    },
    told.events.map(event => {
      const kind = kindOfEvent(event, features);
      return {
        id: BigInt(`0x${pseudonyms('event', `${source}\n${event.id}`).slice(0, 16)}`).toString(),
        ...{ ts: utc(event.occurredAt), person: event.user === undefined ? '' : personOf(pseudonyms, event.user) },
        ...{ kind: kinds(kind), action: kind.action, feature: features.of(kind)[0] ?? '', plugin: kind.plugin },
        ...{ result: resultOf(event), ...ownerOf(event, services) },
      };
    }),
  );
  await stage(
    tx,
    'usage_told_tasks',
    {
      ...{ task: 'VARCHAR', template: 'VARCHAR', status: 'VARCHAR', person: 'VARCHAR' },
      ...{ created_at: 'TIMESTAMP', occurred_at: 'TIMESTAMP' },
    },
    tasks.map(({ id, template, status, createdAt, endedAt, user }) => ({
      // By the portal's own id whoever may list its tasks would find out whose pseudonym this is.
      task: pseudonyms('task', `${source}\n${id}`),
      ...{ template, status, person: user === undefined ? '' : personOf(pseudonyms, user) },
      // The portal's clock may be ahead of ours.
      created_at: utc(atMost(createdAt, now)),
      // What is under way is so since we know it, at the latest.
      occurred_at: utc(
        ended.includes(status) && endedAt !== undefined ? atMost(later(endedAt, createdAt), now) : now.toISOString(),
      ),
    })),
  );
  for (const sql of statements) await tx.run(sql, bound(sql, { source, now: sqlTime(now) }));
  const changed = Number(
    await tx.scalar('SELECT (SELECT count(*) FROM usage_new) + (SELECT count(*) FROM usage_new_tasks)'),
  );
  if (changed > 0) tx.touch('usage_counts', 'usage_tasks', 'usage_days');
  await tx.run(`DROP TABLE usage_told; DROP TABLE usage_told_tasks; DROP TABLE usage_new; DROP TABLE usage_new_tasks;
    DROP TABLE usage_used; DROP TABLE usage_changed_days`);
  return changed;
}

const utc = (iso: string) => sqlTime(new Date(iso));
const later = (a: string, b: string) => (Date.parse(a) > Date.parse(b) ? a : b);
const atMost = (iso: string, now: Date) => (Date.parse(iso) > now.getTime() ? now.toISOString() : iso);

/** A statement is given the parameters that it names, and no others. */
export const bound = <T extends Readonly<Record<string, string>>>(sql: string, parameters: T): Partial<T> =>
  Object.fromEntries(Object.entries(parameters).filter(([name]) => sql.includes(`$${name}`))) as Partial<T>;

const kindOfEvent = (event: UsageEvent, features: Features): Kind => ({
  ...{ action: event.action, plugin: event.plugin, route: event.route ?? event.extension ?? '' },
  ...{ subjects: features.subjectsOf(event.subject), template: '' },
});

const kindOfTemplate = (template: string): Kind => ({
  ...{ action: 'create', plugin: 'scaffolder', route: '', subjects: '', template },
});

const resultOf = ({ results }: UsageEvent) => (results === undefined ? 'unknown' : results > 0 ? 'found' : 'none');

/** Whose documentation was read: of components that the catalog has, for others come with names of any kind. */
function ownerOf(
  { action, entity }: UsageEvent,
  services: ReadonlyMap<string, { readonly service: string; readonly team?: string }>,
): { team: string; service: string } {
  const ref = action === 'view' && entity !== undefined ? parseRef(entity) : undefined;
  const component = ref && services.get(ref);
  return component
    ? { team: component.team ?? unowned, service: component.service }
    : { team: unowned, service: unassigned };
}

/** Keeps the kinds that are new while there is room, with their features; returns the id that each goes by. */
async function admitKinds(
  tx: Transaction,
  features: Features,
  kinds: readonly Kind[],
): Promise<(kind: Kind) => string> {
  const told = new Map(kinds.map(kind => [kindId(kind), kind]));
  const rows = await tx.all(
    `SELECT kind FROM usage_kinds WHERE list_contains(from_json($ids::JSON, '["VARCHAR"]'), kind)`,
    { ids: JSON.stringify([...told.keys()]) },
  );
  const known = new Set(rows.map(({ kind }) => String(kind)));
  const count = Number(await tx.scalar('SELECT count(*) FROM usage_kinds'));
  const fresh = [...told].filter(([id]) => !known.has(id));
  const admitted = new Map(fresh.slice(0, Math.max(0, mostKinds - count)));
  const rest = (kind: Kind): Kind => ({ ...kind, plugin: 'other', route: '', template: '' });
  for (const [id, kind] of fresh) if (!admitted.has(id)) admitted.set(kindId(rest(kind)), rest(kind));
  await stage(
    tx,
    'usage_fresh_kinds',
    {
      ...{ kind: 'VARCHAR', action: 'VARCHAR', plugin: 'VARCHAR', route: 'VARCHAR', subjects: 'VARCHAR' },
      ...{ template: 'VARCHAR', features: 'VARCHAR[]' },
    },
    [...admitted].map(([id, kind]) => ({ kind: id, ...kind, features: features.of(kind) })),
  );
  await tx.run(`DELETE FROM usage_fresh_kinds WHERE kind IN (SELECT kind FROM usage_kinds);
    INSERT INTO usage_kinds SELECT * EXCLUDE (features) FROM usage_fresh_kinds;
    INSERT INTO usage_kind_features SELECT kind, unnest(features) FROM usage_fresh_kinds;
    DROP TABLE usage_fresh_kinds`);
  return kind => {
    const id = kindId(kind);
    return known.has(id) || admitted.has(id) ? id : kindId(rest(kind));
  };
}
