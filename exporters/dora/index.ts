/** The dora exporter: what is deployed, how long changes take to get there, how often that fails, how fast it is mended. */
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import { configureBenchmarks } from './benchmark.ts';
import { markChangedRules } from './changes/index.ts';
import { checkDora } from './check.ts';
import type { DoraConfig } from './config.ts';
import { derive } from './derive.ts';
import { explainDelivery } from './explain.ts';
import { mark } from './marks.ts';
import { doraMetrics } from './metrics.ts';
import { reviewDelivery } from './review/index.ts';
import { configureDora } from './settings.ts';
import { cortexSource } from './sources/cortex/index.ts';
import { datadogSource } from './sources/datadog/index.ts';
import { eventFilesSource } from './sources/event-files/index.ts';
import { eventsSource } from './sources/events/index.ts';
import { fourKeysSources } from './sources/four-keys/index.ts';
import { gitSource } from './sources/git/index.ts';
import { githubSource, githubWebhooks } from './sources/github/index.ts';
import { gitlabSources } from './sources/gitlab/index.ts';
import { jiraSource } from './sources/jira/index.ts';
import { linearbSource } from './sources/linearb/index.ts';
import { pagerDutySources } from './sources/pagerduty/index.ts';
import { sleuthSource } from './sources/sleuth/index.ts';
import { doraSubjects } from './subjects.ts';
import { deliveryOfTeam } from './team-page.ts';

export { lookAtRepository, type RepositoryLook } from './sources/git/look.ts';

export interface DoraOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

/** Tables whose rows count from when they came to be so. */
const facts = [
  ...['production_deployments', 'rollouts', 'deployed_changes', 'deployment_ranges', 'deployed_pull_requests'],
  ...['verdicts', 'incident_links', 'counted_changes', 'finished_pipeline_runs'],
  'external_statements',
];

export function doraExporter(config: DoraConfig, ownership: Ownership, options: DoraOptions = {}): Exporter {
  const { now = () => new Date(), reassignFrom } = options;
  const sources: readonly Source[] = [
    ...config.git.map(git => gitSource(git, config.services)),
    eventsSource(config.events, ownership),
    ...config.event_files.map(item => eventFilesSource(item)),
    ...config.github.filter(({ repositories }) => repositories.length > 0).map(one => githubSource(one)),
    ...config.github.flatMap(one => githubWebhooks(one) ?? []),
    ...(config.four_keys === undefined ? [] : fourKeysSources(config.four_keys)),
    ...config.pagerduty.flatMap(item => pagerDutySources(item)),
    ...config.linearb.map(item => linearbSource(item)),
    ...config.sleuth.map(item => sleuthSource(item)),
    ...config.cortex.map(item => cortexSource(item)),
    ...config.jira.map(item => jiraSource(item)),
    ...config.gitlab.flatMap(item => gitlabSources(item)),
    ...config.datadog.map(item => datadogSource(item, config.production)),
  ];
  return {
    name: 'dora',
    tables: [
      new URL('../catalog/tables.sql', import.meta.url),
      new URL('./tables.sql', import.meta.url),
      new URL('./sources/github/tables.sql', import.meta.url),
      new URL('./sources/gitlab/tables.sql', import.meta.url),
    ],
    sources,
    metrics: doraMetrics,
    subjects: doraSubjects,
    facts,
    prepare: async (tx, context) => {
      await configureDora(tx, config);
      await configureBenchmarks(tx);
      const version = await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      if (version.changed) await mark(tx, ['*']);
      await markChangedRules(tx, config);
      // A source that was taken out ends no reading of the past that it had begun.
      await tx.run(`DELETE FROM backfills WHERE source NOT IN (SELECT unnest(from_json($names, '["VARCHAR"]')))`, {
        names: JSON.stringify(sources.map(({ name }) => name)),
      });
    },
    derive: (tx, context) => derive(tx, config, ownership, context),
    review: (ledger, asked) =>
      reviewDelivery(ledger, asked, { now: now(), facts, minimumSamples: config.minimum_samples }),
    teamPage: deliveryOfTeam,
    check: ledger => checkDora(ledger, config),
    explain: (ledger, kind, id) => explainDelivery(ledger, config, kind, id),
  };
}
