/** `experience:` of the demo's plumbline.yaml. */
import { stringify } from 'yaml';
import { teams } from '../world.ts';
import { features } from './features.ts';
import { teamSizes } from './people.ts';
import { agreement, noAnswer, openDays, quickChecks, recommendations, statements, words } from './survey.ts';

export const pseudonymKeyFile = 'experience/pseudonym.key';
/** Whoever reads this has all that it protects. */
export const pseudonymKey = 'demo: a key that is no secret, as all people of the demo are made up\n';
export const survey = 'developers';

/** `vendors`: where their APIs answer. */
export const experienceConfiguration = (vendors: string): string =>
  stringify(
    {
      experience: {
        privacy: { pseudonym_key_file: pseudonymKeyFile },
        surveys: [surveyConfiguration()],
        csv: [
          {
            ...{ name: 'survey-tool', survey, path: 'experience/surveys/*.csv', every: 60, time_zone: 'Etc/UTC' },
            columns: {
              ...{ id: words.id, submitted: words.submitted },
              complete: { column: words.state, is: ['Complete'] },
            },
          },
        ],
        backstage: [{ name: 'backstage', url: `${vendors}/backstage`, token: 'demo', every: 300 }],
        features,
        cortex: [{ name: 'cortex', url: `${vendors}/cortex`, api_key: 'demo' }],
        github_projects: [
          {
            ...{
              name: 'platform-board',
              url: `${vendors}/github/api/v3`,
              token: 'demo',
              owner: 'acme',
              number: 7,
              every: 300,
            },
            ...{ area_field: 'Area', due_field: 'Target date', feedback_labels: ['feedback'] },
            ...{ office_hours_labels: ['office-hours'], sweep_hours: 1000 },
          },
        ],
      },
    },
    { lineWidth: 120, aliasDuplicateObjects: false },
  );

const surveyConfiguration = () => ({
  ...{ survey, cadence: 'quarter', open_days: openDays },
  team: { question: words.team },
  population: { total: teams.reduce((sum, team) => sum + teamSizes[team], 0), teams: teamSizes },
  questions: [
    ...recommendations.map(({ name, text, about }) => ({ question: text, name, as: 'nps', about })),
    ...statements.map(({ name, text, dimension, isReversed }) => ({
      ...{ question: text, name, as: 'scale', dimension },
      ...(isReversed ? { is_reversed: true } : {}),
      answers: { ...Object.fromEntries(agreement.map((choice, index) => [choice, index + 1])), [noAnswer]: null },
    })),
    ...quickChecks.map(({ name, text, metric }) => ({ question: text, name, as: 'quick_check', metric })),
  ],
});
