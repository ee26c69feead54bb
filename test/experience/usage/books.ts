/** An experience exporter over use that is told by hand, and values of its families as of an instant. */
import { pino } from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { parseEntities } from '../../../exporters/catalog/entity.ts';
import { buildOwnership, type Ownership } from '../../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../../exporters/core/exporter.ts';
import { type Ledger, openLedger, type Parameters, type Row } from '../../../exporters/core/ledger.ts';
import type { Metric } from '../../../exporters/core/metric.ts';
import { prune } from '../../../exporters/core/retention.ts';
import { type ExperienceConfig, experienceSchema } from '../../../exporters/experience/config.ts';
import { experienceExporter } from '../../../exporters/experience/index.ts';
import { pseudonymsOf } from '../../../exporters/experience/pseudonym.ts';
import { storeUsage } from '../../../exporters/experience/usage/store.ts';
import type { TemplateTask, UsageEvent } from '../../../exporters/experience/usage/told.ts';
import { evaluate } from '../../core/as-of.ts';

export const key = 'a key that nobody guesses';

export interface UsageBooks {
  readonly ledger: Ledger;
  readonly exporter: Exporter;
  readonly config: ExperienceConfig;
  readonly tell: (
    told: { readonly events?: readonly UsageEvent[]; readonly tasks?: readonly TemplateTask[] },
    now: string,
  ) => Promise<number>;
  readonly derive: (now: string) => Promise<void>;
  readonly prune: (now: string) => Promise<void>;
  readonly rows: (sql: string, parameters?: Parameters) => Promise<readonly Row[]>;
  /** `label value … = value` lines of a family as of an instant. */
  readonly lines: (metric: Metric, instant: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

export interface UsageBooksOptions {
  readonly features?: readonly unknown[];
  readonly k?: number;
  readonly ownership?: Ownership;
  readonly ledger?: Ledger;
  readonly path?: string;
  readonly now?: string;
  readonly retentionDays?: number;
}

/** The catalog feature, and a golden path of a template. */
export const declared = [
  { feature: 'catalog', plugins: ['catalog*'] },
  { feature: 'docs', plugins: ['techdocs'] },
  { feature: 'new-service', templates: ['node-service'], subjects: ['/create/*node-service*'], is_golden_path: true },
  { feature: 'unused', plugins: ['nobody-*'] },
];

export async function openUsage({
  features = declared,
  k = 5,
  ownership = peopleOf({}),
  ledger: own,
  path,
  now = '2026-01-01T00:00:00Z',
  retentionDays = 400,
}: UsageBooksOptions = {}): Promise<UsageBooks> {
  const log = pino({ level: 'silent' });
  const config = experienceSchema.parse({
    features,
    privacy: { pseudonym_key: key, minimum_group: k, retention_days: retentionDays },
  });
  const pseudonyms = pseudonymsOf(key);
  const exporter = experienceExporter(config, ownership);
  const ledger = own ?? (await openLedger({ path: path ?? ':memory:', tables: exporter.tables }));
  const at = (text: string) => ({ now: () => new Date(text), log });
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, at(now));
    await exporter.derive?.(tx, at(now));
  });
  return {
    ledger,
    exporter,
    config,
    tell: ({ events = [], tasks = [] }, when) =>
      ledger.write(async tx => {
        const changed = await storeUsage(
          tx,
          'portal',
          { events, tasks },
          { config, ownership, pseudonyms, now: new Date(when) },
        );
        await exporter.derive?.(tx, at(when));
        return changed;
      }),
    derive: when => ledger.write(async tx => exporter.derive?.(tx, at(when))),
    prune: when =>
      ledger.write(async tx => {
        await prune(tx, exporter.retention ?? [], new Date(when));
        await exporter.derive?.(tx, at(when));
      }),
    rows: (sql, parameters) => ledger.read(reader => reader.all(sql, parameters)),
    lines: async (metric, instant) =>
      (await evaluate(ledger, exporter, metric, { instants: [new Date(instant)] })).map(row =>
        [...metric.labels.map(label => String(row[label])), '=', String(row.value)].join(' '),
      ),
    close: () => ledger.close(),
  };
}

/** Teams with so many people each, p1-TEAM to pN-TEAM, and services that they own. */
export function peopleOf(
  teams: Readonly<Record<string, number>>,
  services: Readonly<Record<string, string>> = {},
): Ownership {
  const documents = [
    ...Object.entries(teams).flatMap(([team, size]) => [
      entity('Group', team, 'type: team'),
      ...Array.from({ length: size }, (_, index) => entity('User', `p${index + 1}-${team}`, `memberOf: [${team}]`)),
    ]),
    ...Object.entries(services).map(([service, team]) => entity('Component', service, `owner: ${team}`)),
  ];
  return buildOwnership(
    buildCatalog(parseEntities('catalog.yaml', documents.join('---\n')).entities),
    ownershipSchema.parse({}),
  );
}

const entity = (kind: string, name: string, spec: string) =>
  `apiVersion: backstage.io/v1alpha1\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: { ${spec} }\n`;

let serial = 0;

/** A page of the catalog that somebody looked at. */
export const used = (user: string | undefined, at: string, more: Partial<UsageEvent> = {}): UsageEvent => {
  serial += 1;
  return {
    ...{ id: String(serial), occurredAt: at, action: 'navigate', plugin: 'catalog', subject: '/catalog' },
    ...(user === undefined ? {} : { user: `user:default/${user}` }),
    ...more,
  };
};

/** The first so many of a team, each once on a day. */
export const usedBy = (team: string, count: number, day: string, more: Partial<UsageEvent> = {}) =>
  Array.from({ length: count }, (_, index) => used(`p${index + 1}-${team}`, `${day}T10:00:00Z`, more));
