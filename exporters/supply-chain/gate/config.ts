/** The `gate:` of `supply_chain:`: what may be deployed, as rules. */
import { z } from 'zod';
import type { severities } from '../../findings/report.ts';
import { findingClasses } from '../document.ts';

const patterns = z.array(z.string().trim().min(1)).min(1);
const rising = ['info', 'low', 'medium', 'high', 'critical'] as const satisfies readonly (typeof severities)[number][];

/** What a rule asks of a finding; all that is named has to hold. */
const ofFindings = {
  class: z.array(z.enum(findingClasses)).min(1).optional().describe('Classes of findings; vulnerability unless set.'),
  severity: z
    .enum(rising)
    .optional()
    .describe('Of findings that are so severe or more; those whose severity nobody says are not.'),
  exploited: z.boolean().optional().describe('Of vulnerabilities that are known to be exploited (KEV), or not.'),
  epss: z.number().min(0).max(1).optional().describe('Of vulnerabilities whose EPSS score is so high or higher.'),
  fix_available: z.boolean().optional().describe('Of findings that a version without them is known for, or not.'),
  older_than_days: z.number().min(0).optional().describe('Of findings that were opened so many days ago or more.'),
  sla_breached: z.boolean().optional().describe('Of findings that are open beyond the limit of their severity (sla).'),
  package: patterns.optional().describe('Of packages by their URL without version, or their name; * is any text.'),
  vulnerability: patterns.optional().describe('Of findings by any of their ids; * is any text.'),
};

/** What a rule asks of an image. */
const ofImages = {
  signature: z.enum(['signed', 'verified']).optional().describe('Of images that are not signed, or not verified.'),
  provenance: z.enum(['present', 'verified']).optional().describe('Of images without provenance, or not verified.'),
  level: z.int().min(1).max(3).optional().describe('Of images whose verified provenance is below this SLSA level.'),
  sbom: z
    .enum(['present', 'fresh', 'complete'])
    .optional()
    .describe('Of images without a bill of materials, or whose own is stale or incomplete.'),
};

const keysOf = <Shape extends object>(shape: Shape) => Object.keys(shape) as (keyof Shape)[];
export const findingCriteria = keysOf(ofFindings);
export const imageCriteria = keysOf(ofImages);

export const gateRuleSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/, 'expected lower case letters, digits, and _ . - between them')
      .describe('Names it in reasons and metrics.'),
    mode: z
      .enum(['enforce', 'warn', 'allow'])
      .default('enforce')
      .describe('What it leads to; a finding that is allowed is looked at by no later rule.'),
    environment: patterns.optional().describe('Only in these; * is any text.'),
    image: patterns.optional().describe('Only for these images, without tag; * is any text.'),
    ...ofFindings,
    ...ofImages,
  })
  .check(ctx => {
    const rule = ctx.value;
    const named = (keys: readonly (keyof typeof rule)[]) => keys.filter(key => rule[key] !== undefined);
    const [findings, images] = [named(findingCriteria), named(imageCriteria)];
    const wrong = (message: string) =>
      ctx.issues.push({ code: 'custom', path: [], input: rule, message: `the rule ${rule.name}: ${message}` });
    if (findings.length === 0 && images.length === 0)
      wrong(`expected something to ask for: ${[...findingCriteria, ...imageCriteria].join(', ')}`);
    if (findings.length > 0 && images.length > 0)
      wrong(`${findings[0]} is of findings and ${images[0]} of the image; expected a rule for each`);
    if (images.length > 0 && rule.mode === 'allow') wrong('only findings can be allowed');
  });

export type GateRule = z.infer<typeof gateRuleSchema>;

/** Where nothing is configured: what is critical and can be mended, and secrets. */
const defaultRules = [
  { name: 'critical-with-fix', severity: 'critical', fix_available: true },
  { name: 'secret', class: ['secret'], severity: 'high', mode: 'warn' },
] as const;

export const gateSchema = z
  .strictObject({
    rules: z
      .array(gateRuleSchema)
      .max(50)
      .default(() => defaultRules.map(rule => gateRuleSchema.parse(rule)))
      .describe('In order: of the rules that a finding falls under the first holds.'),
  })
  .check(ctx => {
    const names = new Set<string>();
    for (const [index, { name }] of ctx.value.rules.entries()) {
      if (names.has(name))
        ctx.issues.push({
          ...{ code: 'custom', path: ['rules', index, 'name'], input: name },
          message: 'expected a name of its own for each rule',
        });
      names.add(name);
    }
  });

export type GateConfig = z.infer<typeof gateSchema>;
