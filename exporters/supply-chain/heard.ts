/** When what was heard was so, and which artifacts it is about. */
import type { Artifact, Heard } from './document.ts';

/** Milliseconds since 1970 of the earliest that it tells of; infinite where it tells nothing. */
export function earliestOf(heard: Heard): number {
  const { scans = [], sboms = [], vex = [], signatures = [], running = [], packageLicenses = [] } = heard;
  const { kev, epss, endOfLife, scorecards = [] } = heard;
  const times = [
    scans.map(({ scannedAt }) => scannedAt),
    sboms.map(({ createdAt }) => createdAt),
    [...vex, ...signatures, ...running, ...packageLicenses].map(({ at }) => at),
    [...(kev ? [kev] : []), ...(endOfLife ? [endOfLife] : [])].map(({ at }) => at),
    epss ? [epss.day] : [],
    scorecards.map(({ at }) => at),
  ];
  let earliest = Number.POSITIVE_INFINITY;
  for (const time of times.flat()) earliest = Math.min(earliest, Date.parse(time));
  return earliest;
}

/** What tells of one artifact or more, in words for people, with its owner as canonical JSON. */
export interface Told {
  readonly artifact: Artifact;
  readonly owner: string;
}

export const toldOf = (heard: Heard): readonly Told[] => [
  ...(heard.scans ?? []),
  ...(heard.sboms ?? []),
  ...(heard.signatures ?? []),
  ...(heard.vex ?? []).flatMap(({ artifact, owner }) => (artifact ? [{ artifact, owner }] : [])),
  ...(heard.running ?? []).flatMap(({ images }) => images),
  ...(heard.scorecards ?? []).map(
    ({ repository: name, owner }): Told => ({
      ...{ artifact: { kind: 'repository', name, digests: [] }, owner },
    }),
  ),
];
