/**
 * What a team's token may tell: of artifacts that are its team's by the rules that will own them, or nobody's. A scan ends
 * findings that it no longer lists, and a word on a vulnerability silences it: neither may be of what is another's.
 */
import { ownerText } from '../catalog/keys.ts';
import { type Ownership, unowned } from '../catalog/ownership.ts';
import { fold } from '../catalog/refs.ts';
import type { OwnerAttributes } from '../catalog/rules.ts';
import { PlumblineError } from '../core/errors.ts';
import type { Reader, Row } from '../core/ledger.ts';
import type { Asking } from '../findings/rights.ts';
import type { Artifact, Heard } from './document.ts';
import { toldOf } from './heard.ts';

/** What was heard as the team's, which is filled in where an owner names none. Errors: PUSH_FORBIDDEN, with what of it. */
export async function ownHeard(reader: Reader, heard: Heard, asking: Asking): Promise<Heard> {
  const { principal, ownership, source } = asking;
  const team = ownership.names.teamOf(principal.team) ?? fold(principal.team);
  const refused = (reason: string) =>
    new PlumblineError('PUSH_FORBIDDEN', { principal: principal.name, source, reason });
  if (heard.kev || heard.epss) throw refused('what is exploited is told for everyone, and only an admin may tell it');
  if (heard.aliases) throw refused('which ids are one is told for everyone, and only an admin may tell it');
  if (heard.packageLicenses)
    throw refused('licences of packages are told for everyone, and only an admin may tell them');
  if (heard.endOfLife) throw refused('when a product ends is told for everyone, and only an admin may tell it');
  if (heard.vex?.some(({ artifact }) => artifact === undefined))
    throw refused('a statement that names no artifact holds for everyone; name one in it or in the address');

  const owners = new Map<string, string>();
  const own = (owner: string, what: string): string => {
    const known = owners.get(owner);
    if (known !== undefined) return known;
    const { team: said, ...words } = JSON.parse(owner) as OwnerAttributes;
    if (said !== undefined && (ownership.names.teamOf(said) ?? fold(said)) !== team)
      throw refused(`${what} is of the team ${said}, and the token writes for ${team}`);
    // Not by its own word, which would make anything the team's; what nobody owns is no one else's.
    const owned = ownership.resolve(words).team;
    if (owned !== team && owned !== unowned)
      throw refused(`${what} is owned by ${owned}, and the token writes for ${team}`);
    // What the rules give goes with them to whoever owns it next; a word of the token's would hold it for ever.
    const text = ownerText(owned === team ? words : { ...words, team });
    owners.set(owner, text);
    return text;
  };
  const owned = <Of extends { readonly artifact: Artifact; readonly owner: string }>(told: Of): Of => ({
    ...told,
    owner: own(told.owner, nameOf(told.artifact)),
  });

  for (const { artifact } of toldOf(heard)) {
    const word = artifact.kind === 'image' ? 'image' : 'repository';
    if (artifact.kind !== 'file') own(ownerText({ [word]: artifact.name }), nameOf(artifact));
  }
  const known = await othersOf(reader, heard, { team, ownership });
  if (known) throw refused(`${known.name} is known as ${known.team}'s, and the token writes for ${team}`);
  const { scans, sboms, vex, signatures, running, scorecards } = heard;
  return {
    ...(scans && { scans: scans.map(owned) }),
    ...(sboms && { sboms: sboms.map(owned) }),
    ...(signatures && { signatures: signatures.map(owned) }),
    ...(vex && { vex: vex.map(one => ({ ...one, owner: own(one.owner, nameOf(one.artifact!)) })) }),
    ...(running && { running: running.map(list => ({ ...list, images: list.images.map(owned) })) }),
    ...(scorecards && { scorecards: scorecards.map(one => ({ ...one, owner: own(one.owner, one.repository) })) }),
  };
}

const nameOf = ({ kind, name }: Artifact) => `the ${kind} ${name}`;

/** All owners that the ledger knows of artifacts by name or digest, and of what runs in places that are told as a whole. */
const ownersSql = `
WITH names AS (
  SELECT unnest(from_json($names::JSON, '["VARCHAR"]')) AS name
  UNION SELECT name FROM running_images WHERE list_contains(from_json($places::JSON, '["VARCHAR"]'), place)
),
asked AS (
  SELECT artifact, name FROM artifacts SEMI JOIN names USING (name)
  UNION
  SELECT artifact, name FROM artifacts WHERE artifact IN (
    SELECT artifact FROM artifact_digests WHERE list_contains(from_json($digests::JSON, '["VARCHAR"]'), digest)
  )
),
known AS (
  SELECT name, owner_key FROM artifacts SEMI JOIN asked USING (artifact)
  UNION SELECT name, owner_key FROM artifact_scans JOIN asked USING (artifact)
  UNION SELECT name, owner_key FROM artifact_sboms JOIN asked USING (artifact)
  UNION SELECT name, owner_key FROM running_images SEMI JOIN names USING (name)
)
SELECT DISTINCT name, attributes::VARCHAR AS attributes FROM known JOIN owner_keys USING (owner_key) ORDER BY ALL`;

/** What of it the ledger knows as another team's. */
async function othersOf(
  reader: Reader,
  heard: Heard,
  { team, ownership }: { readonly team: string; readonly ownership: Ownership },
): Promise<{ readonly name: string; readonly team: string } | undefined> {
  const artifacts = toldOf(heard).map(({ artifact }) => artifact);
  const places = (heard.running ?? []).filter(({ lists }) => lists === 'all').map(({ place }) => place);
  const rows = await reader.all(ownersSql, {
    names: JSON.stringify([...new Set(artifacts.map(({ name }) => name))]),
    digests: JSON.stringify([...new Set(artifacts.flatMap(({ digests }) => digests))]),
    places: JSON.stringify(places),
  });
  return rows
    .map(row => ({ name: String(row.name), team: ownerOf(row, team, ownership) }))
    .find(known => known.team !== team && known.team !== unowned);
}

function ownerOf({ attributes }: Row, team: string, ownership: Ownership): string {
  const said = JSON.parse(String(attributes)) as OwnerAttributes;
  // What the rules give the team is not held by the one that told of it before.
  const { team: _, ...words } = said;
  return ownership.resolve(words).team === team ? team : ownership.resolve(said).team;
}
