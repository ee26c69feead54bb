/** The experience exporter: what developers say, what they use, and what the platform team ships. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import type { ExperienceConfig } from './config.ts';
import { experienceMetrics } from './metrics.ts';
import type { Part } from './part.ts';
import { pseudonymsOf } from './pseudonym.ts';
import { roadmap } from './roadmap/index.ts';
import { scorecards } from './scorecards/index.ts';
import { githubProjectSource } from './sources/github-projects/index.ts';
import { jiraRoadmapSource } from './sources/jira/index.ts';
import { linearSource } from './sources/linear/index.ts';
import { surveys } from './surveys/index.ts';
import { usage } from './usage/index.ts';

export interface ExperienceOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

const parts: readonly Part[] = [surveys, usage, roadmap, scorecards];

export function experienceExporter(
  config: ExperienceConfig,
  ownership: Ownership,
  options: ExperienceOptions = {},
): Exporter {
  const { reassignFrom } = options;
  const pseudonyms = pseudonymsOf(config.privacy.pseudonym_key ?? '');
  const sources: readonly Source[] = [
    ...config.linear.map(item => linearSource(item)),
    ...config.jira.map(item => jiraRoadmapSource(item)),
    ...config.github_projects.map(item => githubProjectSource(item)),
  ];
  return {
    name: 'experience',
    tables: [new URL('../catalog/tables.sql', import.meta.url), ...parts.flatMap(({ tables }) => tables)],
    sources,
    metrics: experienceMetrics,
    facts: parts.flatMap(({ facts }) => facts),
    retention: parts.flatMap(({ retention }) => retention(config)),
    check: async ledger => {
      const notices = [];
      for (const part of parts) notices.push(...((await part.check?.(ledger, { config, ownership })) ?? []));
      return notices;
    },
    prepare: async (tx, context) => {
      await recordVersion(tx, ownership, {
        now: context.now(),
        ...(reassignFrom === undefined ? {} : { reassignFrom }),
      });
      for (const part of parts) await part.prepare?.(tx, { config, ownership, pseudonyms, now: context.now() });
    },
    derive: async (tx, context) => {
      await syncOwners(tx);
      for (const part of parts) await part.derive?.(tx, { config, ownership, pseudonyms, now: context.now() });
    },
  };
}
