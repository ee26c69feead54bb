/** How likely people are to recommend the platform (NPS) or the employer (eNPS), by the label `about`. */
import { atLevels, bothLevels, sides } from './levels.ts';

const kind = 'nps';
const labels = { survey: 'survey', question: 'question', about: 'subject' } as const;

export const nps = atLevels('nps', {
  help: "NPS of the newest wave, {of} promoters (9 and 10) less detractors (0 to 6) in percent of all who answered, -100 to 100; about employer it is eNPS. Absent where fewer than the setting minimum_group answered or all alike, where a smaller group's would follow from it, and two cadences after the wave closed.",
  ...{ unit: 'count', kind, labels, value: 'value' },
});

export const npsInterval = atLevels('nps_interval', {
  help: 'Bounds (lower, upper) of the 95 % interval of {of} NPS: adjusted Wald, for small numbers, and narrower the larger a part of the population has answered.',
  ...{ unit: 'count', kind, labels: { ...labels, bound: 'bound' }, ...sides('low', 'high') },
});

export const npsResponses = atLevels('nps_responses', {
  help: 'The n of {of} NPS: how many answered the question.',
  ...{ unit: 'count', kind, labels, value: 'n' },
});

export const npsShare = atLevels('nps_share_ratio', {
  help: 'Shares of promoters, passives and detractors in {of} NPS.',
  ...{ unit: 'ratio', kind, labels: { ...labels, answer: 'answer' } },
  each: "(VALUES ('promoter'), ('passive'), ('detractor')) AS a(answer)",
  value: "CASE answer WHEN 'promoter' THEN promoters WHEN 'passive' THEN passives ELSE detractors END",
});

export const npsChange = atLevels('nps_change', {
  help: 'Change of {of} NPS since the wave before, in points.',
  ...{ unit: 'count', kind, labels, value: 'change' },
});

export const npsChangeInterval = atLevels('nps_change_interval', {
  help: 'Bounds (lower, upper) of the 95 % interval of the change of {of} NPS; the same people answering both waves makes the true one narrower.',
  ...{ unit: 'count', kind, labels: { ...labels, bound: 'bound' }, ...sides('change_low', 'change_high') },
});

export const npsChangeDirection = atLevels('nps_change_direction', {
  help: 'Whether {of} NPS has changed by more than chance does: 1 it rose, -1 it fell, 0 the interval of the change holds 0.',
  ...{ unit: 'count', kind, labels, value: 'direction' },
});

export const npsMetrics = [
  ...bothLevels(nps),
  ...bothLevels(npsInterval),
  ...bothLevels(npsResponses),
  ...bothLevels(npsShare),
  ...bothLevels(npsChange),
  ...bothLevels(npsChangeInterval),
  ...bothLevels(npsChangeDirection),
] as const;
