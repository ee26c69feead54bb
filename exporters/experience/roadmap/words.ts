/** What statuses, labels and comments mean, as the configuration of a tracker says. */
import type { TrackerConfig } from './config.ts';
import type { ItemStatus } from './told.ts';

export interface Comment {
  readonly at: string;
  /** What its author is identified by: an id, a login; empty where that is not told. */
  readonly authors: readonly string[];
}

export interface Words {
  /** The status that a tracker's word is configured to mean. */
  readonly statusOf: (word: string) => ItemStatus | undefined;
  /** The area is undefined where no label names one. */
  readonly ofLabels: (labels: readonly string[]) => {
    readonly isFeedback: boolean;
    readonly isOfficeHours: boolean;
    readonly area: string | undefined;
  };
  /** When an item of an author was first answered; undefined where it wasn't. */
  readonly firstAnswer: (comments: readonly Comment[], author: readonly string[]) => string | undefined;
}

const fold = (text: string) => text.trim().toLowerCase();
const foldedSet = (list: readonly string[]) => new Set(list.map(fold));

export function wordsOf(config: TrackerConfig): Words {
  const statuses = new Map(Object.entries(config.statuses).map(([word, status]) => [fold(word), status]));
  const feedback = foldedSet(config.feedback_labels);
  const officeHours = foldedSet(config.office_hours_labels);
  const responders = foldedSet(config.responders);
  const prefix = config.area_label_prefix === undefined ? undefined : fold(config.area_label_prefix);
  return {
    statusOf: word => statuses.get(fold(word)),
    ofLabels: labels => ({
      isFeedback: labels.some(label => feedback.has(fold(label))),
      isOfficeHours: labels.some(label => officeHours.has(fold(label))),
      area:
        prefix === undefined
          ? undefined
          : labels
              .filter(label => fold(label).startsWith(prefix) && fold(label) !== prefix)
              .map(label => label.trim().slice(prefix.length).trim())
              .sort()[0],
    }),
    firstAnswer: (comments, author) => {
      const own = foldedSet(author);
      const isAnswer = ({ authors }: Comment) =>
        responders.size > 0
          ? authors.some(one => responders.has(fold(one)))
          : authors.length > 0 && !authors.some(one => own.has(fold(one)));
      return comments
        .filter(isAnswer)
        .map(({ at }) => at)
        .sort((a, b) => Date.parse(a) - Date.parse(b))[0];
    },
  };
}

/** What trackers' boards usually call their columns, for words that nothing else says anything of. */
const usual: readonly (readonly [ItemStatus, RegExp])[] = [
  ['cancelled', /^(cancell?ed|won'?t (do|fix)|dropped|declined|rejected|duplicate|not planned)$/],
  ['done', /^(done|completed?|closed|shipped|released|delivered|resolved|live)$/],
  [
    'in_progress',
    /^(in (progress|review|development|testing|qa)|doing|started|review(ing)?|testing|blocked|active|wip)$/,
  ],
  ['backlog', /^(backlog|icebox|triage|needs triage|new|inbox|ideas?|later|someday|no status)$/],
];

export const usualStatus = (word: string): ItemStatus | undefined =>
  usual.find(([, pattern]) => pattern.test(fold(word).replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')))?.[0];
