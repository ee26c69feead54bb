/** One deployment as its system tells it, after all that has been said of it. Times are milliseconds since the epoch. */
export type Outcome = 'success' | 'failure' | 'cancelled';

export interface Attempt {
  /** `SOURCE:ID`. */
  readonly name: string;
  readonly repository: string;
  readonly environment: string;
  readonly sha: string;
  readonly ref: string;
  readonly version: string;
  /** Words of the source's own; '' where it has none. */
  readonly service: string;
  readonly team: string;
  readonly task: string;
  readonly labels: readonly string[];
  readonly url: string;
  readonly changedProduction: boolean | null;
  readonly isPlanned: boolean | null;
  readonly incident: string;
  readonly rollsBackTo: string;
  readonly startedAt: number;
  readonly finishedAt: number;
  readonly outcome: Outcome;
}

/** An attempt to deploy one service to one production. */
export interface ServiceAttempt extends Attempt {
  /** The name in `dora.production`. */
  readonly production: string;
  /** Which of its regions; '' where it has none. */
  readonly region: string;
  /** The service's label value, and who owns it on the day. */
  readonly serviceName: string;
  readonly teamName: string;
}

/** What is deployed, for telling one version from another; undefined where nobody says. */
export function versionOf({ repository, sha, version }: Pick<Attempt, 'repository' | 'sha' | 'version'>) {
  if (sha !== '') return `${repository}@${sha}`;
  return version === '' ? undefined : `${repository} ${version}`;
}

/** Whether both deploy the same: by sha where both tell one, else by version. */
export function isSameVersion(
  a: Pick<Attempt, 'repository' | 'sha' | 'version'>,
  b: Pick<Attempt, 'repository' | 'sha' | 'version'>,
): boolean {
  if (a.repository !== b.repository) return false;
  if (a.sha !== '' && b.sha !== '') return a.sha === b.sha;
  return a.version !== '' && a.version === b.version;
}
