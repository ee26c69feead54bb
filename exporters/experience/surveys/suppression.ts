/**
 * Which groups may be told of. Primary: fewer than k answers, or all of them the same, would tell what each has said.
 * Complementary: what is left of the organisation when the teams that are told of are taken away must be nobody, or a
 * group that may be told of too; the smallest teams are left out until it is.
 */

/** What is told by: answers of one question by team. What is told as one value must be one here, such as "promoter". */
export type Answers = ReadonlyMap<string, readonly number[]>;

export interface Mask {
  readonly organisation: boolean;
  readonly teams: ReadonlySet<string>;
}

/**
 * The mask of questions that tell of the same answers (one asked of as NPS and as a scale): a team that one of them may
 * not tell of is told of by none.
 */
export function maskOf(questions: readonly Answers[], minimum: number): Mask {
  if (questions.some(teams => !mayTell([...teams.values()].flat(), minimum)))
    return { organisation: false, teams: new Set() };
  const visible = new Set(questions.flatMap(teams => [...teams.keys()]));
  for (const teams of questions)
    for (const [team, values] of teams) if (values.length > 0 && !mayTell(values, minimum)) visible.delete(team);
  for (let shown = -1; shown !== visible.size; ) {
    shown = visible.size;
    for (const teams of questions)
      while (!isSafeRest(restOf(teams, visible), minimum)) visible.delete(smallest(teams, visible));
  }
  return { organisation: true, teams: visible };
}

const mayTell = (values: readonly number[], minimum: number) =>
  values.length >= minimum && values.some(value => value !== values[0]);

const isSafeRest = (values: readonly number[], minimum: number) => values.length === 0 || mayTell(values, minimum);

const restOf = (teams: Answers, visible: ReadonlySet<string>) =>
  [...teams].flatMap(([team, values]) => (visible.has(team) ? [] : values));

/** Of those that are told of; all of the organisation may be told of, so that there is one as long as the rest is not. */
const smallest = (teams: Answers, visible: ReadonlySet<string>): string =>
  [...teams]
    .filter(([team, values]) => visible.has(team) && values.length > 0)
    .map(([team, values]) => ({ team, n: values.length }))
    .sort((a, b) => a.n - b.n || (a.team < b.team ? -1 : 1))[0]!.team;
