/** Who works at the demo company. Names are made up; one team is so small that nothing is told of it alone. */
import { teams } from '../world.ts';

export interface DemoPerson {
  readonly name: string;
  /** As the portal and the catalog know them. */
  readonly ref: string;
  readonly team: (typeof teams)[number];
}

export const teamSizes: Readonly<Record<(typeof teams)[number], number>> = {
  ...{ checkout: 14, payments: 16, search: 12, data: 15, mobile: 11, identity: 8, platform: 10, ml: 4 },
};

const firstNames = [
  ...['ada', 'ben', 'chidi', 'dana', 'elif', 'femi', 'greta', 'hugo'],
  ...['ines', 'jonas', 'kofi', 'lena', 'mira', 'noor', 'oscar', 'priya'],
] as const;

export const people: readonly DemoPerson[] = teams.flatMap(team =>
  firstNames.slice(0, teamSizes[team]).map(first => {
    const name = `${first}.${team}`;
    return { name, ref: `user:default/${name}`, team };
  }),
);
