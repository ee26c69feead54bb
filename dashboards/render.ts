import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { allDashboards } from './index.ts';
import type { DashboardJson } from './lib/dashboard.ts';

/** The text of a dashboard's file: sorted keys, two spaces, a newline at the end. */
export const printDashboard = (dashboard: DashboardJson): string => `${JSON.stringify(dashboard, undefined, 2)}\n`;

/** Writes every dashboard as `NAME.json` and returns the paths; the folder is made where it isn't there. */
export async function renderDashboards(outDir: string): Promise<readonly string[]> {
  await mkdir(outDir, { recursive: true });
  return Promise.all(
    allDashboards.map(async ({ name, build }) => {
      const path = join(outDir, `${name}.json`);
      await writeFile(path, printDashboard(build()));
      return path;
    }),
  );
}
