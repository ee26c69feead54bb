/** The scorecard: the golden path's checks of every service, their drift, and what nothing in the catalog explains. */
import type { Catalog } from '../catalog/catalog.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import type { SubjectReader } from '../core/subjects.ts';
import { catalogFacts, componentsOf, type SloKnown, serviceOf, sloFacts } from './catalog-facts.ts';
import { scorecardNotices } from './check.ts';
import { checksApi } from './checks-api.ts';
import type { ScorecardConfig } from './config.ts';
import { explainService } from './explain.ts';
import { scorecardMetrics } from './metrics.ts';
import { scorecardRetention } from './retention.ts';
import { reviewScorecard } from './review.ts';
import { askedChecks, configureScorecard, keepCatalog } from './settings.ts';
import { shadowApi } from './shadow-api.ts';
import { factFilesSource } from './sources/files/index.ts';
import { factPosts } from './sources/posts/index.ts';
import { prometheusSource } from './sources/prometheus/index.ts';
import { localSubjects, remoteSubjects } from './sources/subjects/index.ts';
import { scorecardFacts, storeNow } from './store.ts';
import { goldenPathOfTeam } from './team-page.ts';

export interface ScorecardOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of the catalog holds from then on, and not from today. */
  readonly reassignFrom?: string;
  /** As it is now; it may be another one at a later reading. */
  readonly catalog: () => Catalog;
  /** Objectives as configured. */
  readonly slos: readonly SloKnown[];
  /** Why they could not be read; then nothing is said of them. */
  readonly sloProblem?: string;
  /** Teams that alerts reach. */
  readonly receivers: readonly string[];
  /** The exporters that the configuration has beside this one, in this process or not. */
  readonly exporters: readonly string[];
  /** The exporters of this process that publish subject facts, once they are open. */
  readonly subjects: () => readonly SubjectReader[];
}

export function scorecardExporter(config: ScorecardConfig, options: ScorecardOptions): Exporter {
  const { now = () => new Date(), catalog, slos, receivers, reassignFrom } = options;
  const known = new Set([
    ...['catalog', 'told', ...options.exporters, ...config.exporters.map(({ exporter }) => exporter)],
    ...(slos.length > 0 ? ['slos'] : []),
    ...(slos.length > 0 && config.prometheus !== undefined ? ['prometheus'] : []),
  ]);
  const checks = askedChecks(config, known);
  const toldIds = checks.flatMap(({ facts }) => (facts.startsWith('told/') ? [facts.slice('told/'.length)] : []));
  const components = () => componentsOf(catalog(), config.types);
  const services = () => components().map(entity => serviceOf(catalog(), entity));
  const told = { checks: toldIds, services };
  const sources: readonly Source[] = [
    localSubjects(options.subjects, { every: config.every, historyDays: config.history_days }),
    ...config.exporters.map(remote => remoteSubjects(remote, { historyDays: config.history_days })),
    ...(config.prometheus === undefined
      ? []
      : [prometheusSource(config.prometheus, { checks, services, hasSlos: slos.length > 0 })]),
    ...config.files.map((item, index) =>
      factFilesSource(item, { ...told, earlier: config.files.slice(0, index).map(({ path }) => path) }),
    ),
    ...(toldIds.length > 0 ? [factPosts(told)] : []),
  ];
  return {
    name: 'scorecard',
    tables: [new URL('./tables.sql', import.meta.url)],
    sources,
    metrics: scorecardMetrics,
    facts: scorecardFacts,
    retention: scorecardRetention,
    api: [checksApi, shadowApi],
    check: async ledger => [
      ...(options.sloProblem === undefined
        ? []
        : [{ subject: 'scorecard', text: `of SLOs nothing is said: ${options.sloProblem}` }]),
      ...(await scorecardNotices(ledger, { config, checks, services: services(), now: now() })),
    ],
    explain: async (ledger, kind, id) =>
      kind === 'service' ? explainService(ledger, { now: now(), checks }, id) : undefined,
    teamPage: goldenPathOfTeam,
    review: reviewScorecard,
    prepare: async (tx, context) => {
      const at = context.now();
      await configureScorecard(tx, config, checks);
      await keepCatalog(tx, catalog(), components(), { now: at, reassignFrom });
      const annotations = checks.flatMap(({ annotation }) => annotation ?? []);
      const judging = { catalog: catalog(), receivers, annotations };
      await storeNow(
        tx,
        [
          ...catalogFacts(components(), judging, at),
          ...(slos.length > 0 ? [sloFacts(components(), catalog(), slos, at)] : []),
        ],
        at,
      );
    },
  };
}
