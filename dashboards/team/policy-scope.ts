/** What the rows about a team's policies have in common. */
import { linksToFindings } from '../lib/links.ts';
import { team } from '../variables.ts';

export const mine = { team };
export const open = { team, state: 'open' } as const;
export const quarter = { team, window: '90d' } as const;
export const list = (title: string, of: Readonly<Record<string, string>>) => linksToFindings(title, of, ['team']);
export const requirement = ['requirement'] as const;
