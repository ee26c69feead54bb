/** The SLOs of a configuration. */
import type { SlosConfig } from './config.ts';
import type { Slo } from './model.ts';
import { type Owners, shortSlo } from './short.ts';

export function slosOf({ objectives }: SlosConfig, owners: Owners): readonly Slo[] {
  return objectives.map((given, index) => shortSlo(given, index, owners));
}
