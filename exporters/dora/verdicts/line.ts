/** What production has gone through and not been taken back from, in order; found by version without a look at each. */
import { isSameVersion } from '../production/attempt.ts';
import type { LaneDeployment } from './lane.ts';

export interface VersionLine {
  readonly length: () => number;
  readonly newest: () => LaneDeployment | undefined;
  readonly push: (deployment: LaneDeployment) => void;
  /** Those after a place. */
  readonly after: (place: number) => readonly LaneDeployment[];
  /** Takes off all from a place on. */
  readonly cut: (from: number) => void;
  /** The place of the newest one that deploys what this one deploys, or says it returns to; -1 where none does. */
  readonly find: (deployment: LaneDeployment) => number;
}

/** By version, by sha though cut short, or, where it tells no version, by the tag or branch that it is called by. */
const isSaid = ({ version, sha, ref }: LaneDeployment, said: string) =>
  version === said ||
  (said.length >= 7 && sha.startsWith(said.toLowerCase())) ||
  (version === '' && tagOf(ref) === said);

const tagOf = (ref: string) => ref.replace(/^refs\/(?:tags|heads)\//, '');

export function versionLine(): VersionLine {
  const line: LaneDeployment[] = [];
  /** Places by what tells a version: a sha, a version. */
  const places = new Map<string, number[]>();
  const keysOf = ({ repository, sha, version }: LaneDeployment) => [
    ...(sha === '' ? [] : [`sha ${repository} ${sha}`]),
    ...(version === '' ? [] : [`version ${repository} ${version}`]),
  ];
  return {
    length: () => line.length,
    newest: () => line.at(-1),
    push: deployment => {
      for (const key of keysOf(deployment)) places.set(key, [...(places.get(key) ?? []), line.length]);
      line.push(deployment);
    },
    after: place => line.slice(place + 1),
    cut: from => {
      for (const deployment of line.splice(from))
        for (const key of keysOf(deployment)) {
          const left = (places.get(key) ?? []).filter(place => place < from);
          if (left.length === 0) places.delete(key);
          else places.set(key, left);
        }
    },
    find: deployment => {
      const said = deployment.rollsBackTo;
      if (said !== '')
        return line.findLastIndex(
          one => isSameVersion(one, deployment) || isSaid(one, said) || isSaid(one, tagOf(said)),
        );
      const found = keysOf(deployment).map(
        key => places.get(key)?.findLast(place => isSameVersion(line[place]!, deployment)) ?? -1,
      );
      return Math.max(-1, ...found);
    },
  };
}
