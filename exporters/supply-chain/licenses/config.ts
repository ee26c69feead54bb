/** The `licenses:` of `supply_chain:`: which licences packages may have. */
import { z } from 'zod';
import { severities } from '../../findings/report.ts';

const patterns = z.array(z.string().trim().min(1).max(200)).max(500);
const severity = z.enum(severities);

export const licensesSchema = z.strictObject({
  deny: patterns
    .default([])
    .describe('SPDX ids, with WITH and its exception where it is for that alone; * is any text.'),
  warn: patterns.default([]).describe('As deny, and less severe.'),
  allow: patterns.optional().describe('Where it is given, what is in none of the lists is denied.'),
  deny_severity: severity.default('high').describe('Of findings of what is denied.'),
  warn_severity: severity.default('low').describe('Of findings of what is warned of.'),
});

export type LicensesConfig = z.infer<typeof licensesSchema>;
