/** What a scorecard tells of an entity: how far it has come, by the levels (ladder) of the scorecard. */

export interface ScorecardStanding {
  /** The scorecard's tag. */
  readonly scorecard: string;
  /** The entity's tag, which the configuration or the catalog maps to a service. */
  readonly entity: string;
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
