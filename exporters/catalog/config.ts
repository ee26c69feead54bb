/** The `catalog:` and `ownership:` sections of plumbline.yaml. The JSON Schema of editors is made from them. */
import { z } from 'zod';
import { fold } from './refs.ts';

const text = z.string().trim().min(1);
const day = z.iso.date({ error: 'expected a day such as 2026-10-01' });

export const backstageSchema = z
  .strictObject({
    name: text
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/, 'expected letters, digits, dots, underscores and dashes')
      .default('backstage')
      .describe('Names the server; its last good answer is kept by this name, so several need one each, and keep it.'),
    url: z
      .url({ protocol: /^https?$/, error: 'expected an address such as https://backstage.example' })
      .describe('Where the backend is, without /api/catalog.'),
    token: text.optional().describe('A static token of backend.auth.externalAccess; better in token_file.'),
    token_file: text.optional().describe('A file that holds the token.'),
    filter: z
      .array(text)
      .min(1)
      .default(['kind=component', 'kind=group', 'kind=user', 'kind=system', 'kind=domain'])
      .describe(
        'Filters as Backstage has them: an entity is read that one of them selects, such as kind=component,spec.type=service.',
      ),
    every: z
      .int()
      .min(1)
      .default(900)
      .describe('Seconds between two readings, and how long an answer is not asked for again.'),
    timeout: z.number().positive().default(30).describe('Seconds that an answer may take.'),
  })
  .refine(({ token }) => token !== undefined, { path: ['token'], error: 'expected token or token_file' });

export type BackstageConfig = z.infer<typeof backstageSchema>;

export const catalogSchema = z
  .strictObject({
    files: z
      .array(text)
      .default([])
      .describe('Globs of Backstage entity files, relative to this file, such as catalog/**/*.yaml.'),
    backstage: z
      .array(backstageSchema)
      .default([])
      .describe('Backstage servers whose catalogs are read; of an entity that is in files too, the files count.'),
  })
  .check(ctx => {
    const names = ctx.value.backstage.map(({ name }) => name);
    for (const [index, name] of names.entries())
      if (names.indexOf(name) < index)
        ctx.issues.push({
          ...{ code: 'custom', path: ['backstage', index, 'name'], input: name },
          message: 'expected a name of its own for each of several servers',
        });
  });

const gives = {
  team: text.optional().describe('The team it belongs to.'),
  service: text
    .optional()
    .describe('The service it belongs to; a Component of the catalog brings its owning team too.'),
  environment: text.optional().describe('The environment it runs in, such as production.'),
  split: text.optional().describe('The name of the split that shares it out among teams.'),
};
export const givenAttributes = ['team', 'service', 'environment', 'split'] as const;

const globs = z.union([text, z.array(text).min(1)]);
const pattern = (what: string) =>
  globs.optional().describe(`${what}: a pattern or a list of them; * is any text, ? is one character.`);

const conditions = {
  resource: pattern('Resource id, as the provider writes it'),
  namespace: pattern('Kubernetes namespace'),
  cluster: pattern('Kubernetes cluster, by the name that its source is given'),
  repository: pattern('Repository, such as acme/checkout; case does not matter'),
  image: pattern('Container image'),
  provider: pattern('Cloud provider; case does not matter'),
  service_name: pattern('Service name of the bill (FOCUS ServiceName); case does not matter'),
  charge_category: pattern(
    'Charge category of the bill (FOCUS ChargeCategory), UnusedCommitment for the unused part of commitments; case does not matter',
  ),
};
export const conditionAttributes = Object.keys(conditions) as readonly (keyof typeof conditions)[];

const common = {
  name: text.describe('Names the rule; "plumbline explain" shows it.'),
  ...conditions,
  valid_from: day.optional().describe('The first day (UTC) on which the rule holds.'),
  valid_to: day.optional().describe('The first day (UTC) on which the rule no longer holds.'),
};

const tagRule = z.strictObject({
  ...common,
  tag: z
    .strictObject({
      keys: z.array(text).min(1).describe('Tag names that mean the same, best first; case does not matter.'),
      gives: z.enum(['team', 'service', 'environment']).describe('What the value of the tag says.'),
      values: z
        .record(text, z.array(text).min(1))
        .optional()
        .describe('Spellings of a value, such as production: [prod, prd]; other values are taken as they are.'),
    })
    .describe('Reads a tag.'),
});

const accountRule = z.strictObject({
  ...common,
  account: z
    .record(
      text,
      z
        .strictObject(gives)
        .refine(given => Object.keys(given).length > 0, 'expected team, service, environment or split'),
    )
    .describe(
      'By sub-account id (an AWS account, an Azure subscription with or without /subscriptions/ before it), else by billing account id, in quotes: what belongs to it. Case does not matter.',
    ),
});

// The two keys are refused by name: else a mistake inside one of them is told as "unknown key tag".
const noOther = { tag: z.never().optional(), account: z.never().optional() };

const patternRule = z
  .strictObject({ ...common, ...gives, ...noOther })
  .refine(
    rule => conditionAttributes.some(key => rule[key] !== undefined),
    `expected tag, account or one of ${conditionAttributes.join(', ')}`,
  )
  .refine(
    rule => givenAttributes.some(key => rule[key] !== undefined),
    `expected one of ${givenAttributes.join(', ')}`,
  );

export const ruleSchema = z.union([tagRule, accountRule, patternRule]);

const splitName = { name: text.describe('Names the split; rules refer to it.') };
const splitTeams = z
  .array(text)
  .min(1)
  .optional()
  .describe('The teams that share; all teams of the catalog unless given.');

export const splitSchema = z.discriminatedUnion('method', [
  z.strictObject({ ...splitName, method: z.literal('even').describe('Equal parts.'), teams: splitTeams }),
  z.strictObject({
    ...splitName,
    method: z.literal('proportional').describe("In proportion to each team's own spend."),
    teams: splitTeams,
  }),
  z.strictObject({
    ...splitName,
    method: z.literal('fixed').describe('By weights.'),
    shares: z
      .record(text, z.int().min(1).max(1_000_000))
      .refine(shares => Object.keys(shares).length > 0, 'expected at least one team')
      .describe('Whole-number weights by team; payments: 3, search: 1 gives three quarters to payments.'),
  }),
  z.strictObject({
    ...splitName,
    method: z.literal('usage').describe("In proportion to a usage metric's quantities of the day."),
    usage: text.describe('The usage metric: a name of cost.usage, or a cluster of cost.kubernetes.'),
    carry_days: z
      .int()
      .min(0)
      .max(366)
      .default(7)
      .describe(
        "For so many days the last day's quantities stand in for a day without any; after them it is in proportion to each team's own spend.",
      ),
  }),
]);

export const ownershipSchema = z
  .strictObject({
    aliases: z
      .record(text, z.array(text))
      .default({})
      .describe('Other words for a team, by team, such as payments: [pay, team-pay].'),
    rules: z.array(ruleSchema).default([]).describe('In order: for each attribute the first rule that gives it wins.'),
    splits: z.array(splitSchema).default([]).describe('How shared cost is shared out.'),
  })
  .check(ctx => {
    const { aliases, rules, splits } = ctx.value;
    const issue = (path: (string | number)[], input: unknown, message: string) =>
      ctx.issues.push({ code: 'custom', path, input, message });
    const unique = (section: string, list: readonly { readonly name: string }[]) => {
      for (const [index, { name }] of list.entries())
        if (list.findIndex(other => other.name === name) < index)
          issue([section, index, 'name'], name, 'expected a name of its own; another has the same');
    };
    unique('rules', rules);
    unique('splits', splits);
    const known = new Set(splits.map(split => split.name));
    const splitKnown = (path: (string | number)[], split: string | undefined) => {
      if (split !== undefined && !known.has(split))
        issue(
          [...path, 'split'],
          split,
          `expected a name of ownership.splits${known.size > 0 ? `: ${[...known].join(', ')}` : ''}`,
        );
    };
    for (const [index, rule] of rules.entries()) {
      if (rule.valid_from !== undefined && rule.valid_to !== undefined && rule.valid_from >= rule.valid_to)
        issue(['rules', index, 'valid_to'], rule.valid_to, 'expected a day after valid_from');
      if ('split' in rule) splitKnown(['rules', index], rule.split);
      if ('account' in rule && rule.account !== undefined)
        for (const [id, given] of Object.entries(rule.account))
          splitKnown(['rules', index, 'account', id], given.split);
    }
    const teamOfAlias = new Map<string, string>();
    for (const [team, words] of Object.entries(aliases))
      for (const [index, word] of words.entries()) {
        const other = teamOfAlias.get(fold(word));
        if (other !== undefined && other !== team)
          issue(['aliases', team, index], word, `expected an alias of one team; ${other} has it too`);
        teamOfAlias.set(fold(word), team);
      }
  });

export type CatalogConfig = z.infer<typeof catalogSchema>;
export type OwnershipConfig = z.infer<typeof ownershipSchema>;
export type RuleConfig = z.infer<typeof ruleSchema>;
export type SplitConfig = z.infer<typeof splitSchema>;
