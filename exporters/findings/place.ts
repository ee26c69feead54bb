/** Where a report is from, as the configuration of its files or the address of its post says; the report wins. */
import { fold } from '../catalog/refs.ts';
import type { OwnerAttributes } from '../catalog/rules.ts';
import type { Enforcement } from './report.ts';

export interface Place {
  /** The scope's own name, where the kind can't tell it: a report without one is of `repository`, else of `cluster`. */
  readonly scope?: string;
  readonly repository?: string;
  readonly cluster?: string;
  /** The container image, with or without tag and digest, where the report is of one and doesn't name it. */
  readonly image?: string;
  readonly service?: string;
  readonly team?: string;
  readonly environment?: string;
  /** What a violation leads to there, where the format can't tell: a pipeline that fails on it says `enforce`. */
  readonly enforcement?: Enforcement;
  /** The exit code of the program whose output it is, where that is its verdict. */
  readonly exit?: number;
}

/** The scope that a place names; undefined where it names none. */
export const scopeOfPlace = ({ scope, repository, cluster }: Place): string | undefined =>
  scope ??
  (repository === undefined ? undefined : `repository:${fold(repository)}`) ??
  (cluster === undefined ? undefined : `cluster:${cluster}`);

/** What is known of a place's owner; a result adds its own words. */
export const placeAttributes = ({ repository, cluster, service, team, environment }: Place): OwnerAttributes => ({
  ...(repository === undefined ? {} : { repository }),
  ...(cluster === undefined ? {} : { cluster }),
  ...(service === undefined ? {} : { service }),
  ...(team === undefined ? {} : { team }),
  ...(environment === undefined ? {} : { environment }),
});
