/** What a team's token may write: facts that are its team's by the rules that will own them, and nothing of others. */
import type { Ownership } from '../../../catalog/ownership.ts';
import { unowned } from '../../../catalog/ownership.ts';
import { fold } from '../../../catalog/refs.ts';
import type { OwnerAttributes } from '../../../catalog/rules.ts';
import { PlumblineError } from '../../../core/errors.ts';
import type { Reader } from '../../../core/ledger.ts';
import type { Principal } from '../../../core/source.ts';
import type { DeliveryEvent } from './schema.ts';

type TeamPrincipal = Extract<Principal, { readonly role: 'team' }>;

export interface Asking {
  readonly principal: TeamPrincipal;
  readonly ownership: Ownership;
  readonly source: string;
}

/** The events as the team's, which is filled in where they name none. Errors: PUSH_FORBIDDEN, which names the event. */
export async function ownEvents(
  reader: Reader,
  events: readonly DeliveryEvent[],
  { principal, ownership, source }: Asking,
): Promise<DeliveryEvent[]> {
  const team = teamNamed(ownership, principal.team);
  const refuse = (event: DeliveryEvent, reason: string) =>
    new PlumblineError('PUSH_FORBIDDEN', { principal: principal.name, source, reason: `${nameOf(event)} ${reason}` });
  const ownerOf = (attributes: OwnerAttributes) => ownership.resolve(attributes).team;

  const owned = events.map(event => {
    const isWork = event.type === 'commit' || event.type === 'pull_request' || event.type === 'pipeline_run';
    if (!isWork && event.team !== undefined && teamNamed(ownership, event.team) !== team)
      throw refuse(event, `is of the team ${event.team}, and the token writes for ${team}`);
    // Not by the event's own word, which would make any service the team's; what nobody owns is no one else's.
    const { service, environment } = { service: undefined, environment: undefined, ...event };
    const owner = ownerOf(attributesOf({ repository: event.repository, service, environment }));
    if (owner !== team && owner !== unowned)
      throw refuse(event, `is owned by ${owner}, and the token writes for ${team}`);
    return isWork ? event : { ...event, team };
  });
  for (const event of owned) {
    if (event.type !== 'deployment' && event.type !== 'incident') continue;
    const other = await otherOwner(reader, event, { source, team, ownerOf });
    if (other !== undefined) throw refuse(event, `is known already, and owned by ${other}`);
    const blamed = event.type === 'incident' ? event.deployment : undefined;
    const blames = blamed === undefined ? undefined : await ownerOfDeployment(reader, blamed, { team, ownerOf });
    if (blames !== undefined) throw refuse(event, `names the deployment ${blamed}, which is owned by ${blames}`);
    const cause = event.type === 'incident' ? event.root_cause_sha : undefined;
    const causer = cause === undefined ? undefined : await ownerOfCommit(reader, cause, { team, ownerOf });
    if (causer !== undefined) throw refuse(event, `names the commit ${cause}, which is owned by ${causer}`);
  }
  return owned;
}

const teamNamed = (ownership: Ownership, word: string) => ownership.names.teamOf(word) ?? fold(word);

const nameOf = (event: DeliveryEvent): string =>
  event.type === 'commit'
    ? `commit ${event.sha} of ${event.repository}`
    : event.type === 'pull_request'
      ? `pull_request ${event.number} of ${event.repository}`
      : `${event.type} ${event.id}`;

type Words = { readonly [Name in 'service' | 'team' | 'repository' | 'environment']?: unknown };

/** As ownership reads them: absent text is left out. */
const attributesOf = (words: Words): OwnerAttributes =>
  Object.fromEntries(
    (['service', 'team', 'repository', 'environment'] as const).flatMap(name => {
      const value = words[name];
      return typeof value === 'string' && value !== '' ? [[name, value]] : [];
    }),
  );

interface Owners {
  readonly team: string;
  readonly ownerOf: (attributes: OwnerAttributes) => string;
}

/** Who else owns what the ledger knows by the event's id; an id must not be taken from another team. */
async function otherOwner(
  reader: Reader,
  { type, id }: { readonly type: 'deployment' | 'incident'; readonly id: string },
  { source, team, ownerOf }: Owners & { readonly source: string },
): Promise<string | undefined> {
  const rows = await reader.all(
    `SELECT DISTINCT service, team, repository, environment FROM ${type}s WHERE source = $source AND ${type} = $id`,
    { source, id },
  );
  return rows.map(row => ownerOf(attributesOf(row))).find(owner => owner !== team && owner !== unowned);
}

/** Who else owns a deployment of any source: to blame it would be to write of another team. */
async function ownerOfDeployment(
  reader: Reader,
  named: string,
  { team, ownerOf }: Owners,
): Promise<string | undefined> {
  const rows = await reader.all(
    `SELECT DISTINCT service, team, repository, environment FROM deployments
     WHERE deployment = $named OR source || ':' || deployment = $named`,
    { named },
  );
  return rows.map(row => ownerOf(attributesOf(row))).find(owner => owner !== team && owner !== unowned);
}

/** Who else owns a commit, or what was deployed by it: the incident would be linked to the deployment that brought it. */
async function ownerOfCommit(reader: Reader, named: string, { team, ownerOf }: Owners): Promise<string | undefined> {
  const rows = await reader.all(
    `SELECT DISTINCT '' AS service, '' AS team, repository, '' AS environment FROM commits WHERE starts_with(sha, $named)
     UNION
     SELECT DISTINCT service, team, repository, environment FROM deployments
     WHERE starts_with(sha, $named) OR (length(sha) >= 7 AND starts_with($named, sha))`,
    { named },
  );
  const owners = rows.map(row => ownerOf(attributesOf(row)));
  // A commit of a repository that several teams deploy from is its own too.
  return owners.includes(team) ? undefined : owners.find(owner => owner !== unowned);
}
