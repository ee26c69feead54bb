/** The teams of a configuration: the catalog's, and those that have receivers. */
import { directoryOf } from '../catalog/directory.ts';
import type { Config } from '../config.ts';
import { readOwnership } from '../registry.ts';

/** By name, each once. Without a catalog, those of `alerts.receivers` and the platform team. Errors: those of readOwnership. */
export async function teamsOf(config: Config): Promise<readonly string[]> {
  const { receivers, platform_team: platform } = config.alerts;
  const { files, backstage } = config.catalog;
  const told = files.length + backstage.length > 0 ? directoryOf((await readOwnership(config)).catalog).teams : [];
  return [...new Set([platform, ...receivers.map(({ team }) => team), ...told.map(({ team }) => team)])].sort();
}
