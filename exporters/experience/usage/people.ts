/** Whose a person is, without anyone's name in the ledger: users of the catalog stand there as pseudonyms. */
import { type Ownership, ownershipFromDocument } from '../../catalog/ownership.ts';
import { fold, parseRef } from '../../catalog/refs.ts';
import { versionSpans } from '../../catalog/timeline.ts';
import { ownershipOfVersion, versionsOf } from '../../catalog/versions.ts';
import type { Reader } from '../../core/ledger.ts';
import type { Pseudonyms } from '../pseudonym.ts';

/** The pseudonym of a user as a portal names them: an entity reference, or an id of any form. */
export const personOf = (pseudonyms: Pseudonyms, user: string): string =>
  pseudonyms('usage', parseRef(user, { kind: 'user' }) ?? fold(user));

const refOfPerson = (person: string) => `user:default/${person}`;

/** The same ownership, whose document names no user; what the versions of this room are recorded from. */
export function withoutNames(ownership: Ownership, pseudonyms: Pseudonyms): Ownership {
  const { directory } = ownership.document;
  const users = directory.users
    .map(({ ref, team }) => ({ ref: refOfPerson(personOf(pseudonyms, ref)), team }))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1));
  return ownershipFromDocument(JSON.stringify({ ...ownership.document, directory: { ...directory, users } }), 0);
}

export interface PersonSpan {
  readonly person: string;
  readonly team: string;
  readonly valid_from: string;
  readonly valid_to: string;
}

export interface TeamSpan {
  readonly team: string;
  readonly valid_from: string;
  readonly valid_to: string;
}

/** People and teams of every version that was recorded, on the days that it holds. */
export async function spansOf(
  reader: Reader,
): Promise<{ readonly people: readonly PersonSpan[]; readonly teams: readonly TeamSpan[] }> {
  const people: PersonSpan[] = [];
  const teams: TeamSpan[] = [];
  for (const { from, to, version } of versionSpans(await versionsOf(reader))) {
    const { directory } = (await ownershipOfVersion(reader, version)).document;
    const span = { valid_from: from, valid_to: to };
    for (const { ref, team } of directory.users)
      people.push({ person: ref.slice('user:default/'.length), team, ...span });
    for (const { team, shares } of directory.teams) if (shares) teams.push({ team, ...span });
  }
  return { people, teams };
}
