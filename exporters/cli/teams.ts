/** The teams of a configuration: the catalog's with their services, and those that have receivers. */
import type { TeamsOfServices } from '../../alerts/index.ts';
import { directoryOf } from '../catalog/directory.ts';
import type { Config } from '../config.ts';
import { readOwnership } from '../registry.ts';

export interface Teams {
  /** By name, each once. */
  readonly names: readonly string[];
  readonly ofServices: TeamsOfServices;
}

/** Without a catalog, those of `alerts.receivers` and the platform team. Errors: those of readOwnership. */
export async function teamsOf(config: Config | undefined): Promise<Teams> {
  if (config === undefined) return { names: [], ofServices: new Map() };
  const { receivers, platform_team: platform } = config.alerts;
  const { files, backstage } = config.catalog;
  const told = files.length + backstage.length > 0 ? directoryOf((await readOwnership(config)).catalog) : undefined;
  const names = [platform, ...receivers.map(({ team }) => team), ...(told?.teams ?? []).map(({ team }) => team)];
  const owned = (told?.services ?? []).flatMap(({ service, team }) =>
    team === undefined ? [] : [[service, team] as const],
  );
  return { names: [...new Set(names)].sort(), ofServices: new Map(owned) };
}
