/** What is wrong with rules of ownership, where the catalog is looked at. */

/** What the rules name and the catalog does not know. */
export interface OwnershipProblem {
  readonly reason: 'rule_team_unknown' | 'alias_team_unknown' | 'split_team_unknown' | 'split_without_teams';
  /** The rule, the alias' team or the split. */
  readonly name: string;
  readonly value: string;
}
