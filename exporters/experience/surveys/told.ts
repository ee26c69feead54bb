/**
 * What a survey tool tells, whatever the tool: questions as people read them, and responses to them. Answers are texts here
 * and nowhere else: `answersOf` (mapping.ts) turns them into numbers and a team, and nothing else of them goes further. No
 * address, name or custom variable of a respondent ever gets here.
 */

/** What can be answered by itself: a question, a row of a grid, the free text beside choices. */
export interface SurveyItem {
  /** The tool's own id, stable when the text is corrected; where it has none, the text. */
  readonly id: string;
  /** What people read; a row of a grid is `Question [row]`. */
  readonly text: string;
  /** In the tool's order, where it is one of these, or several. */
  readonly choices?: readonly string[];
  /** Several may be chosen. */
  readonly isMultiple?: boolean;
}

export interface SurveyResponse {
  /** The tool's own; where it has none, what tells one response from another, such as its row's content. Never kept as it is. */
  readonly id: string;
  /** How a rejection names it: `row 12`, `response 118`; nothing that a respondent wrote. A part of its pseudonym unless given. */
  readonly place?: string;
  /** When it was begun or first sent, ISO 8601 in UTC. */
  readonly submittedAt: string;
  /** When it last changed. */
  readonly updatedAt?: string;
  /** False where the respondent hasn't reached the end: counted as a response once it is. */
  readonly isComplete: boolean;
  /** Texts of what was answered, by the item's id; several where several were chosen. */
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

/** One reading of one survey, or of a page of it. */
export interface SurveyTold {
  /** The name of its definition in `experience.surveys`. */
  readonly survey: string;
  readonly items: readonly SurveyItem[];
  readonly responses: readonly SurveyResponse[];
  /** True where these are all responses that there are: others that were known have been withdrawn. */
  readonly isWhole: boolean;
  /** Other pages of this reading follow: nothing is released of a survey that is read in part. */
  readonly hasMore?: boolean;
  /** How many were asked to answer, where the tool knows it. */
  readonly invited?: number;
}
