/** The error catalogs of all rooms, found and not listed, so that a new room's are on the page. */
import { globSync } from 'node:fs';
import path from 'node:path';
import type { ErrorCatalog } from '../../exporters/core/errors.ts';

const root = path.resolve(import.meta.dirname, '../..');
const exporters = path.join(root, 'exporters');

/** Core's first, the others by the name of their folder. Rejects where two rooms define one code. */
export async function errorRooms(): Promise<Readonly<Record<string, ErrorCatalog>>> {
  const rooms = globSync('**/errors.ts', { cwd: exporters }).map(file => path.dirname(file));
  const ordered = ['core', ...rooms.filter(room => room !== 'core').sort()];
  const catalogs: [string, ErrorCatalog][] = [];
  for (const room of ordered) {
    const { errors } = (await import(path.join(exporters, room, 'errors.ts'))) as { readonly errors: ErrorCatalog };
    catalogs.push([room, errors]);
  }
  for (const file of globSync('{alerts,compose,dashboards}/**/errors.ts', { cwd: root }).sort()) {
    const { errors } = (await import(path.join(root, file))) as { readonly errors: ErrorCatalog };
    catalogs.push([path.dirname(file), errors]);
  }
  return Object.fromEntries(catalogs);
}
