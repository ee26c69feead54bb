/** What a scorecard tells: its levels (ladder), and of each entity how far it has come by them. */

export interface ScorecardStanding {
  /** The scorecard's tag. */
  readonly scorecard: string;
  /** The entity's tag, which the configuration or the catalog maps to a service. */
  readonly entity: string;
  /** Whose it is before that is resolved: `ownerText` of the words that are known of the entity. */
  readonly owner: string;
  /** When it was evaluated. */
  readonly evaluatedAt: string;
  /** Points, and those that could be had. */
  readonly score: number;
  readonly mostScore: number;
  /** The name of the level that is reached; '' below the first, and where the scorecard has none. */
  readonly level: string;
  /** 1 is the lowest level; 0 below it. */
  readonly rank: number;
  /** How many levels the scorecard has. */
  readonly ranks: number;
}

/** One scorecard as it is now. */
export interface ScorecardTold {
  readonly scorecard: string;
  /** Names of its levels, the lowest first. */
  readonly levels: readonly string[];
  readonly standings: readonly ScorecardStanding[];
  /** False where an entity could not be read: then none that is missing has left. */
  readonly isComplete: boolean;
}
