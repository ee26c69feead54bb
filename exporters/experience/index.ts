/** The experience exporter: what developers say, what they use, and what the platform team ships. */
import { syncOwners } from '../catalog/owners.ts';
import type { Ownership } from '../catalog/ownership.ts';
import { recordVersion } from '../catalog/versions.ts';
import type { Exporter, Notice } from '../core/exporter.ts';
import type { Source } from '../core/source.ts';
import type { ExperienceConfig } from './config.ts';
import { formDesk } from './forms/desk.ts';
import { experienceMetrics } from './metrics.ts';
import type { Part } from './part.ts';
import { pseudonymsOf } from './pseudonym.ts';
import { reviewExperience } from './review.ts';
import { roadmap } from './roadmap/index.ts';
import { scorecards } from './scorecards/index.ts';
import { backstageSources } from './sources/backstage/index.ts';
import { cortexSource } from './sources/cortex/index.ts';
import { csvSource } from './sources/csv/index.ts';
import { githubProjectSource } from './sources/github-projects/index.ts';
import { googleFormsSource } from './sources/google-forms/index.ts';
import { jiraRoadmapSource } from './sources/jira/index.ts';
import { linearSource } from './sources/linear/index.ts';
import { roadmapExportSource } from './sources/roadmap-exports/index.ts';
import { surveyMonkeySource } from './sources/surveymonkey/index.ts';
import { experienceSubjects } from './subjects.ts';
import type { SurveyDesk } from './surveys/desk.ts';
import { heard } from './surveys/heard.ts';
import { surveys } from './surveys/index.ts';
import { storeSurvey } from './surveys/store.ts';
import { experienceOfTeam } from './team-page.ts';
import { usage } from './usage/index.ts';
import { withoutNames } from './usage/people.ts';

export { lookAtSurvey, type SurveyLook } from './sheet/look.ts';

export interface ExperienceOptions {
  readonly now?: () => Date;
  /** A UTC day: a change of ownership holds from then on, and not from today. */
  readonly reassignFrom?: string;
}

const parts: readonly Part[] = [surveys, usage, roadmap, scorecards];
const facts = parts.flatMap(part => part.facts);

export function experienceExporter(
  config: ExperienceConfig,
  ownership: Ownership,
  options: ExperienceOptions = {},
): Exporter {
  const { now = () => new Date(), reassignFrom } = options;
  const pseudonyms = pseudonymsOf(config.privacy.pseudonym_key ?? '');
  const deskOf = (name: string): SurveyDesk => ({
    survey: config.surveys.find(({ survey }) => survey === name)!,
    pseudonyms,
    store: (tx, source, told, now) => storeSurvey(tx, source, told, { config, ownership, pseudonyms, now }),
  });
  const asked = (name: string, sourceAt: (desk: SurveyDesk) => Source) => {
    const form = config.forms.find(one => one.form === name);
    if (form !== undefined) return sourceAt(formDesk(form, pseudonyms));
    const desk = deskOf(name);
    return heard(sourceAt(desk), desk.survey);
  };
  const sources: readonly Source[] = [
    ...config.surveymonkey.map(item => asked(item.survey, desk => surveyMonkeySource(item, desk))),
    ...config.google_forms.map(item => asked(item.survey, desk => googleFormsSource(item, desk))),
    ...config.csv.map(item => asked(item.survey, desk => csvSource(item, desk))),
    ...config.backstage.flatMap(item => backstageSources(item, { config, ownership, pseudonyms })),
    ...config.cortex.map(item => cortexSource(item, ownership)),
    ...config.linear.map(item => linearSource(item)),
    ...config.jira.map(item => jiraRoadmapSource(item)),
    ...config.github_projects.map(item => githubProjectSource(item)),
    ...config.roadmap_exports.map(item => roadmapExportSource(item)),
  ];
  return {
    name: 'experience',
    tables: [new URL('../catalog/tables.sql', import.meta.url), ...parts.flatMap(({ tables }) => tables)],
    sources,
    metrics: experienceMetrics,
    subjects: experienceSubjects,
    facts,
    retention: parts.flatMap(({ retention }) => retention(config)),
    check: async ledger => {
      const notices: Notice[] = [];
      for (const part of parts)
        notices.push(...((await part.check?.(ledger, { config, ownership, now: now() })) ?? []));
      return notices;
    },
    explain: async (ledger, kind, id) => {
      const texts: string[] = [];
      for (const part of parts) texts.push(...[(await part.explain?.(ledger, config, kind, id)) ?? []].flat());
      return texts.length === 0 ? undefined : texts.join('\n\n');
    },
    teamPage: experienceOfTeam,
    review: (ledger, asked) => reviewExperience(ledger, asked, facts),
    prepare: async (tx, context) => {
      await recordVersion(tx, withoutNames(ownership, pseudonyms), {
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
