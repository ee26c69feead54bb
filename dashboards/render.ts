import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allDashboards } from './index.ts';
import type { DashboardJson } from './lib/json.ts';
import { usualAddress } from './lib/links.ts';

/** The text of a dashboard's file: sorted keys, two spaces, a newline at the end. */
export const printDashboard = (dashboard: DashboardJson): string => `${JSON.stringify(dashboard, undefined, 2)}\n`;

const linkPattern = new RegExp(`${usualAddress}([\\w/-]*)`, 'g');

/**
 * Every dashboard by its name. `plumbline` is where readers reach Plumbline's own lists and runbooks, or says so of each
 * path.
 */
export const dashboardsFor = (
  plumbline: string | ((path: string) => string) = usualAddress,
): readonly { readonly name: string; readonly page: DashboardJson }[] =>
  allDashboards.map(({ name, build }) => {
    const text = JSON.stringify(build());
    const addressOf = typeof plumbline === 'string' ? () => plumbline : plumbline;
    const address = (path: string) => JSON.stringify(`${addressOf(path).replace(/\/+$/, '')}${path}`).slice(1, -1);
    return { name, page: JSON.parse(text.replaceAll(linkPattern, (_, path: string) => address(path))) };
  });

/** Writes every dashboard as `NAME.json` and returns the paths; the folder is made where it isn't there. */
export async function renderDashboards(outDir: string, plumbline?: string): Promise<readonly string[]> {
  await mkdir(outDir, { recursive: true });
  return Promise.all(
    dashboardsFor(plumbline).map(async ({ name, page }) => {
      const path = join(outDir, `${name}.json`);
      await writeFile(path, printDashboard(page));
      return path;
    }),
  );
}
