/** The teams of a configuration: the catalog's with their services and receivers, and those that have receivers. */
import type { TeamsOfServices } from '../../alerts/index.ts';
import { withCatalogReceivers } from '../../alerts/routes/catalog.ts';
import { directoryOf } from '../catalog/directory.ts';
import type { Config } from '../config.ts';
import { readOwnership } from '../registry.ts';
import { say } from './output.ts';

export interface Teams {
  /** By name, each once. */
  readonly names: readonly string[];
  readonly ofServices: TeamsOfServices;
  /** The configuration, with the receivers that the catalog names. */
  readonly config: Config | undefined;
}

/**
 * Without a catalog, the teams of `alerts.receivers` and the platform team. Annotations of the catalog that can't be used
 * are said. Errors: those of readOwnership.
 */
export async function teamsOf(given: Config | undefined): Promise<Teams> {
  if (given === undefined) return { names: [], ofServices: new Map(), config: undefined };
  const { files, backstage } = given.catalog;
  const catalog = files.length + backstage.length > 0 ? (await readOwnership(given)).catalog : undefined;
  const told = catalog && directoryOf(catalog);
  const { alerts, problems } = catalog
    ? withCatalogReceivers(given.alerts, catalog)
    : { alerts: given.alerts, problems: [] };
  for (const problem of problems) say(`plumbline: ${problem}`);
  const names = [
    alerts.platform_team,
    ...alerts.receivers.map(({ team }) => team),
    ...(told?.teams ?? []).map(({ team }) => team),
  ];
  const owned = (told?.services ?? []).flatMap(({ service, team }) =>
    team === undefined ? [] : [[service, team] as const],
  );
  return { names: [...new Set(names)].sort(), ofServices: new Map(owned), config: { ...given, alerts } };
}
