/** The `scorecard:` section of plumbline.yaml: the golden path's checks, and where their facts come from. */
import { z } from 'zod';
import { builtIn, levels } from './checks.ts';
import { factFilesSchema } from './sources/files/config.ts';
import { prometheusSchema } from './sources/prometheus/config.ts';
import { remoteSchema } from './sources/subjects/config.ts';

const text = z.string().trim().min(1);
const words = (what: string) => z.array(text).default([]).describe(`${what}; any unless given. Case does not matter.`);
const day = z.iso.date({ error: 'expected a day such as 2026-10-01' });
const lastDay = z.iso.date({
  error: ({ input }) =>
    input === undefined || input === null
      ? 'expected the last day on which it holds, such as 2026-12-31: no exemption is without an end'
      : 'expected a day such as 2026-10-01',
});

export const appliesSchema = z.strictObject({
  types: words('spec.type of the catalog entity, such as service'),
  lifecycles: words('spec.lifecycle, such as production'),
  tiers: words('What the annotation plumbline.dev/tier, a label tier or a tag such as tier-1 says'),
  tags: words('Tags, of which the entity has one'),
  teams: words('Teams'),
  systems: words('spec.system, by its name'),
});

const factsOf = {
  facts: text
    .regex(/^[a-z][a-z0-9-]*\/[a-z][a-z0-9-]*$/, 'expected EXPORTER/CHECK, such as policy/exceptions')
    .optional()
    .describe('Subject facts of an exporter, such as policy/exceptions: what GET /api/EXPORTER/subject-checks lists.'),
  annotation: z
    .strictObject({
      name: text.describe('The annotation, such as acme.example/data-classification.'),
      matches: z
        .array(text)
        .min(1)
        .optional()
        .describe('Values that pass; * is any text, ? one character. Any value unless given.'),
    })
    .optional()
    .describe('An annotation of the catalog entity.'),
  query: z
    .strictObject({
      promql: text.describe('PromQL with a series a service, such as max by (service) (up{job="x"}).'),
      label: text.default('service').describe('The label that names the service.'),
      at_least: z.number().optional().describe('A value passes at this or above,'),
      at_most: z.number().optional().describe('or at this or below,'),
      above: z.number().optional().describe('or above this,'),
      below: z.number().optional().describe('or below this.'),
    })
    .refine(
      ({ at_least, at_most, above, below }) =>
        [at_least, at_most, above, below].filter(one => one !== undefined).length === 1,
      'expected one of at_least, at_most, above and below',
    )
    .optional()
    .describe('A query of scorecard.prometheus.'),
  told: z
    .literal(true)
    .optional()
    .describe('Facts that something posts (POST /push/scorecard/facts) or that stand in scorecard.files.'),
};
const factKeys = ['facts', 'annotation', 'query', 'told'] as const;

export const checkSchema = z
  .strictObject({
    id: text
      .max(60)
      .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'expected lower case letters, digits and dashes')
      .describe('Names the check; one that there is already is changed by it.'),
    title: text.optional().describe('A few words for people.'),
    means: text.optional().describe('What passes, in a sentence.'),
    why: text.optional().describe('Why it is asked for.'),
    fix: text.optional().describe('How to mend it, in a sentence.'),
    link: text
      .optional()
      .describe(
        'Where to mend it; {service}, {team} and {repository} are filled in. What Plumbline explains of the service unless given: /explain/service/SERVICE, with how each check is mended.',
      ),
    level: z.enum(levels).optional().describe('The level that asks for it; silver unless given.'),
    weight: z.number().positive().max(1_000).optional().describe('How much it counts in ratios; 1 unless given.'),
    required: z
      .boolean()
      .optional()
      .describe('Whether a service that loses it is told by an alert; false unless given.'),
    enabled: z.boolean().default(true).describe('False leaves the check out.'),
    environments: z
      .array(text)
      .optional()
      .describe('Facts of these environments alone (patterns), such as [production]; of all unless given.'),
    applies_to: appliesSchema.optional().describe('Of which services it is asked; of all unless given.'),
    ...factsOf,
  })
  .check(ctx => {
    const given = factKeys.filter(key => ctx.value[key] !== undefined);
    const isKnown = builtIn.some(({ id }) => id === ctx.value.id);
    const fault = (path: string, message: string) =>
      ctx.issues.push({ code: 'custom', path: [path], input: undefined, message });
    if (given.length > 1 || (given.length === 0 && !isKnown))
      fault(
        'facts',
        `expected exactly one of ${factKeys.join(', ')}${isKnown ? ', or none for a check that there is' : ''}`,
      );
    if (!isKnown && ctx.value.title === undefined) fault('title', 'expected a title of a new check');
    if (!isKnown && ctx.value.means === undefined) fault('means', 'expected a sentence: what passes');
  });

export const exemptionSchema = z
  .strictObject({
    check: text.describe('The id of the check.'),
    service: text.optional().describe('The service, by its label in metrics; * is any text.'),
    team: text.optional().describe('Or all services of a team.'),
    reason: text.describe('Why it need not pass.'),
    approved_by: text.optional().describe('Who answers for it.'),
    from: day.optional().describe('The first day (UTC) on which it holds.'),
    until: lastDay.describe('The last day (UTC) on which it holds; there is none without an end.'),
  })
  .refine(({ service, team }) => service !== undefined || team !== undefined, {
    path: ['service'],
    error: 'expected service or team',
  })
  .refine(({ from, until }) => from === undefined || from <= until, {
    path: ['until'],
    error: 'expected a day that is not before from',
  });

export const scorecardSchema = z
  .strictObject({
    enabled: z
      .boolean()
      .default(true)
      .describe(
        'Where a catalog and another exporter are configured, the scorecard is there without this section too.',
      ),
    every: z.int().min(10).default(60).describe('Seconds between two looks at what exporters say.'),
    history_days: z
      .int()
      .min(1)
      .max(800)
      .default(400)
      .describe('How many days back exporters are asked for when they are read for the first time.'),
    stale_hours: z
      .number()
      .positive()
      .default(48)
      .describe('What was not said again for so long is "not measured": facts of another server, queries, posts.'),
    top_services: z
      .int()
      .min(1)
      .max(5_000)
      .default(300)
      .describe('So many services are named in metrics, those furthest behind first; the rest of a team is "other".'),
    types: words('spec.type of the Components that are services; others are not on the golden path'),
    expiring_days: z.int().min(1).default(14).describe('An exemption that ends within so many days is "expiring".'),
    checks: z.array(checkSchema).default([]).describe('Changes of the checks that there are, and further ones.'),
    exemptions: z.array(exemptionSchema).default([]).describe('Which check need not pass where, why, and until when.'),
    exporters: z.array(remoteSchema).default([]).describe('Exporters that another Plumbline serves.'),
    prometheus: prometheusSchema
      .optional()
      .describe('The server that checks with a query, and error budgets, are asked of.'),
    files: z.array(factFilesSchema).default([]).describe('CSV files of facts: check, service, state.'),
  })
  .check(ctx => {
    const { checks, exemptions, prometheus, exporters, files } = ctx.value;
    const fault = (path: (string | number)[], input: unknown, message: string) =>
      ctx.issues.push({ code: 'custom', path, input, message });
    const ids = checks.map(({ id }) => id);
    const known = new Set([...builtIn.map(({ id }) => id), ...ids]);
    for (const [index, { id, query }] of checks.entries()) {
      if (ids.indexOf(id) < index)
        fault(['checks', index, 'id'], id, 'expected an id of its own; another has the same');
      if (query !== undefined && prometheus === undefined)
        fault(['checks', index, 'query'], undefined, 'expected scorecard.prometheus, which it is asked of');
    }
    for (const [index, { check }] of exemptions.entries())
      if (!known.has(check))
        fault(['exemptions', index, 'check'], check, `expected the id of a check: ${[...known].join(', ')}`);
    const names = [...exporters, ...files].map(({ name }) => name);
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        fault(
          index < exporters.length ? ['exporters', index, 'name'] : ['files', index - exporters.length, 'name'],
          name,
          'expected a name of its own for each of several sources',
        );
  });

export type ScorecardConfig = z.infer<typeof scorecardSchema>;
export type CheckConfig = z.infer<typeof checkSchema>;
