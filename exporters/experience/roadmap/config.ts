/** `experience.roadmap`, and what the configuration of every tracker has in common. */
import { z } from 'zod';
import { itemStatuses } from './told.ts';

const text = z.string().trim().min(1);

/** The trackers whose APIs are read, by their keys in the configuration. */
export const trackers = ['jira', 'linear', 'github_projects'] as const;
export type Tracker = (typeof trackers)[number];

export const roadmapSchema = z.strictObject({
  top_areas: z
    .int()
    .min(1)
    .max(100)
    .default(20)
    .describe(
      'How many areas of each team are named, those with the most that is open or has ended in 90 days; the rest is "other".',
    ),
  minimum_samples: z
    .int()
    .min(1)
    .default(5)
    .describe('A quantile or a share of fewer items is chance, and absent; their number is always told.'),
});
export type RoadmapConfig = z.infer<typeof roadmapSchema>;

const labels = (what: string) => z.array(text).default([]).describe(`${what}; case does not matter.`);

export const trackerShape = {
  team: text
    .default('platform')
    .describe('Whose roadmap it is: a team of the catalog, by its name or an alias; another word is unowned.'),
  statuses: z
    .record(text, z.enum(itemStatuses))
    .default({})
    .describe(
      `What a status means, where it is not what its tracker says: ${itemStatuses.join(', ')}; case does not matter.`,
    ),
  area_label_prefix: text
    .optional()
    .describe('A label that begins so names the area, without it: area: for area:ci. Goes before any other.'),
  feedback_labels: labels('Labels of what answers a user, or is what a user asked for'),
  office_hours_labels: labels(
    'Labels of visits to office hours, such as those that an issue form sets: each item is a visit, and no work',
  ),
  responders: z
    .array(text)
    .default([])
    .describe(
      'Who answers feedback, as the tracker identifies people (account id or login). Unless given, the first comment of a person other than the author is the answer. Not kept.',
    ),
} as const;

const trackerSchema = z.strictObject(trackerShape);
export type TrackerConfig = z.infer<typeof trackerSchema>;
