/** The SLOs of a configuration. */
import type { SlosConfig } from './config.ts';
import type { Slo } from './model.ts';
import { openSloFiles } from './openslo/files.ts';
import { openSlos } from './openslo/index.ts';
import { type Owners, shortSlo } from './short.ts';

/** `directory`: what the patterns of its files are relative to. Throws SLO_FILE, SLO_DOCUMENT and SLO_DOCUMENTS. */
export function slosOf({ objectives, files }: SlosConfig, owners: Owners, directory = '.'): readonly Slo[] {
  return [
    ...objectives.map((given, index) => shortSlo(given, index, owners)),
    ...openSlos(openSloFiles(files, directory), owners),
  ];
}
