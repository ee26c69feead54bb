/** What the page's variables choose, and what its rows have in common. */
import { areas, roadmapPeriod, roadmapTeams } from '../variables.ts';

export const ofTeams = { team: roadmapTeams };
export const ofAreas = { team: roadmapTeams, area: areas };
/** The days that a number looks back on, as chosen on the page. */
export const period = { window: roadmapPeriod };
export const open = ['backlog', 'todo', 'in_progress'] as const;

export const wholeOrganisation = 'Of the whole organisation, whatever is chosen.';
export const whateverArea = 'Of the chosen teams, whatever areas are.';
export const noRoadmap = 'no roadmap is read';
export const tooFewItems = 'too few items';
