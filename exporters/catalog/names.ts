/** Which team or service a word names: an entity, else a configured alias, else an annotated one. */
import type { Directory } from './directory.ts';
import { fold, parseRef } from './refs.ts';
import { repositorySlug } from './repository.ts';

export interface Names {
  /** The team's label value; undefined where Groups are known and the word names none. */
  readonly teamOf: (word: string) => string | undefined;
  /** The service's label value, and its owning team where the word names a Component. */
  readonly serviceOf: (word: string) => { readonly service: string; readonly team?: string };
  /** The one Component whose annotations name the repository; undefined where none does, or several share it. */
  readonly serviceOfRepository: (
    repository: string,
  ) => { readonly service: string; readonly team?: string } | undefined;
  /** The team of the Components that share a repository; undefined where they have several. */
  readonly teamOfRepository: (repository: string) => string | undefined;
}

export function buildNames(directory: Directory, aliases: Readonly<Record<string, readonly string[]>>): Names {
  const teams = new Map<string, string>();
  const services = new Map<string, { service: string; team?: string }>();
  const addTeam = (word: string, team: string) => {
    if (!teams.has(word)) teams.set(word, team);
  };
  for (const { ref, team } of [...directory.teams, ...directory.users]) addTeam(ref, team);
  const byRef = new Map(teams);
  const anyTeam = directory.teams.length === 0;
  const entityTeam = (word: string) => byRef.get(parseRef(word, { kind: 'group' }) ?? '');
  for (const [team, words] of Object.entries(aliases)) {
    const target = entityTeam(team) ?? (anyTeam ? team : undefined);
    if (target === undefined) continue;
    for (const word of [team, ...words]) addTeam(fold(word), target);
  }
  for (const { team, aliases: words } of directory.teams) for (const word of words) addTeam(word, team);
  for (const { ref, service, team } of directory.services)
    services.set(ref, { service, ...(team === undefined ? {} : { team }) });
  for (const { ref, aliases: words } of directory.services)
    for (const word of words) if (!services.has(word)) services.set(word, services.get(ref)!);
  const ofRepository = new Map<string, { service: string; team?: string }[]>();
  for (const { service, team, repositories = [] } of directory.services)
    for (const repository of repositories)
      ofRepository.set(repository, [
        ...(ofRepository.get(repository) ?? []),
        { service, ...(team === undefined ? {} : { team }) },
      ]);
  const sharing = (repository: string) => ofRepository.get(repositorySlug(repository) ?? '') ?? [];
  return {
    serviceOfRepository: repository => (sharing(repository).length === 1 ? sharing(repository)[0] : undefined),
    teamOfRepository: repository => {
      const teams = new Set(sharing(repository).map(({ team }) => team));
      return teams.size === 1 ? [...teams][0] : undefined;
    },
    teamOf: word => entityTeam(word) ?? teams.get(fold(word)) ?? (anyTeam ? fold(word) || undefined : undefined),
    serviceOf: word =>
      services.get(parseRef(word, { kind: 'component' }) ?? '') ?? services.get(fold(word)) ?? { service: fold(word) },
  };
}
