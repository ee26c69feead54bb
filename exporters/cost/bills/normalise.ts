/**
 * From sums by raw text to the ledger's grain: null spellings, FOCUS's own words, the tags that rules read, keys. Works
 * on what `aggregate` left, so each distinct text is looked at once, not once a row.
 */
import type { Reader } from '../../core/ledger.ts';
import { literalList } from './aggregate.ts';

/** What ownership rules read of a charge; tag names in lower case. */
export interface OwnershipReads {
  readonly tags: readonly string[];
  readonly attributes: readonly string[];
}

export interface NormaliseOptions {
  readonly source: string;
  readonly reads: OwnershipReads;
  readonly defaultCurrency: string | undefined;
  /** The delivery's origin; undefined makes one per provider, billing account and billing period. */
  readonly origin: string | undefined;
  /** True where nothing is known of tags: then no charge counts as one that lacks them. */
  readonly tagless?: boolean;
}

/** Owner attributes by the name a rule gives them, in canonical order, and the column or the expression they stand in. */
const attributes = [
  ['billing_account', 'billing_account'],
  [
    'charge_category',
    // As the label of cost has it, so that a rule can give the unused part of commitments to somebody.
    `(CASE WHEN charge_category = 'Usage' AND commitment_status = 'Unused' THEN 'UnusedCommitment' ELSE charge_category END)`,
  ],
  ['provider', 'provider'],
  ['region', 'region'],
  ['resource', 'resource_id'],
  ['service_name', 'service_name'],
  ['sub_account', 'sub_account'],
] as const;

const keyColumns = [
  ...['provider', 'billing_account', 'sub_account', 'region', 'service_category', 'service_name', 'sku'],
  ...[
    'charge_category',
    'charge_class',
    'commitment_status',
    'commitment_id',
    'currency',
    'unit',
    'tagging',
    'tags',
    'resource_id',
  ],
];

/**
 * A dialect's CommitmentDiscountStatus of a fee whose EffectiveCost is the part of the commitment that stayed unused: two
 * charges of FOCUS, the fee as it was billed and the unused usage.
 */
export const unusedPart = 'unused part';

const parts = `
  SELECT * REPLACE (
    CASE part WHEN 'unused' THEN 'Usage' ELSE charge_category END AS charge_category,
    CASE part WHEN 'unused' THEN 'Unused' ELSE commitment_status END AS commitment_status)
  FROM (SELECT *, unnest(CASE WHEN commitment_status = '${unusedPart}' THEN ['billed', 'unused'] ELSE ['all'] END) AS part
        FROM focus_texts)`;

/** An amount, of which one part has nothing. */
const sumOf = (without: 'billed' | 'unused') => (name: string) =>
  `sum(CASE WHEN part = '${without}' THEN 0 ELSE ${name} END) AS ${name}`;

/** A category that FOCUS does not have; what a bill writes there must not become a label's values. */
const unknownCategory = 'Unknown';

/** A delivery's own, or one per source, provider, billing account and billing period. */
const originOf = `coalesce($origin::VARCHAR,
  'snapshot:' || to_json([$source::VARCHAR, provider, billing_account, billing_period::VARCHAR])::VARCHAR)`;

/** A row that names no billing period is billed in its day's month. */
const monthOf = "date_trunc('month', charge_day)::DATE";

/** 126 bits of the md5, which fit a HUGEINT and a DECIMAL(38,0) alike. */
const md5Key = (text: string) => `(md5_number(${text}) >> 2)::DECIMAL(38, 0)`;

/** Makes `focus_tags`: a row a distinct Tags text, with the tags that rules read. */
async function readTags(reader: Reader, reads: OwnershipReads): Promise<void> {
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_tag_texts AS
     SELECT tags AS text, focus_tag_object(tags) AS object
     FROM (SELECT DISTINCT tags FROM focus_texts) WHERE focus_text(tags) IS NOT NULL`,
  );
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_tags AS
     SELECT text, '{' || string_agg(to_json(name)::VARCHAR || ':' || to_json(value)::VARCHAR, ',' ORDER BY name) || '}' AS tags
     FROM (
       SELECT t.text, lower(trim(e.key)) AS name, arg_min(json_extract_string(e.value, '$'), e.key) AS value
       FROM focus_tag_texts t, json_each(t.object) e
       WHERE t.object IS NOT NULL AND focus_text(json_extract_string(e.value, '$')) IS NOT NULL
         AND list_contains(${literalList(reads.tags.map(tag => tag.toLowerCase()))}, lower(trim(e.key)))
       GROUP BY ALL)
     GROUP BY text`,
  );
}

/**
 * Makes from `focus_raw` and `focus_texts`: `focus_keys` (each key once, by a number of this read, with its owner's
 * attributes), `focus_lines` (origin, day, period, number of the key, and sums) and `focus_periods` (invoices and issuers
 * by provider, account and period; `is_billed` is looked up only where there is no invoice).
 */
export async function normalise(reader: Reader, options: NormaliseOptions): Promise<void> {
  const { reads, defaultCurrency, origin, source, tagless = false } = options;
  await readTags(reader, reads);
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_period_texts AS
     SELECT billing_period AS text, focus_billed_in(focus_text(billing_period)) AS billed_in
     FROM (SELECT DISTINCT billing_period FROM focus_texts) WHERE focus_text(billing_period) IS NOT NULL`,
  );
  const read = new Set(reads.attributes);
  const pieces = attributes
    .filter(([name]) => read.has(name))
    .map(([name, column]) => `CASE WHEN ${column} <> '' THEN '"${name}":' || to_json(${column})::VARCHAR END`);
  if (reads.tags.length > 0) pieces.push(`CASE WHEN tags <> '{}' THEN '"tags":' || tags END`);
  const plain = (name: string) => `coalesce(focus_text(${name}), '') AS ${name}`;
  const verbatim = [
    'provider',
    'issuer',
    'billing_account',
    'sub_account',
    'region',
    'service_category',
    'service_name',
  ];
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_plain AS
     SELECT *,
       CASE WHEN $tagless OR charge_category <> 'Usage' OR NOT has_resource THEN 'untaggable'
            WHEN tags <> '{}' THEN 'tagged' ELSE 'untagged' END AS tagging
     FROM (
       SELECT packed, part, p.billed_in,
         ${[...verbatim, 'sku', 'unit', 'invoice'].map(plain).join(', ')},
         CASE lower(coalesce(focus_text(charge_category), 'usage')) WHEN 'usage' THEN 'Usage' WHEN 'purchase' THEN 'Purchase'
           WHEN 'tax' THEN 'Tax' WHEN 'credit' THEN 'Credit' WHEN 'adjustment' THEN 'Adjustment'
           ELSE '${unknownCategory}' END AS charge_category,
         CASE lower(focus_text(charge_class)) WHEN 'correction' THEN 'Correction' ELSE '' END AS charge_class,
         CASE lower(focus_text(commitment_status)) WHEN 'used' THEN 'Used' WHEN 'unused' THEN 'Unused' ELSE '' END
           AS commitment_status,
         coalesce(focus_text(commitment), '') AS commitment_id,
         upper(coalesce(focus_text(currency), $currency::VARCHAR, '')) AS currency,
         coalesce(t.tags, '{}') AS tags, coalesce(focus_text(resource), '') AS resource_id, has_resource
       FROM (${parts}) x
       LEFT JOIN focus_tags t ON t.text = x.tags
       LEFT JOIN focus_period_texts p ON p.text = x.billing_period
       WHERE reason IS NULL)`,
    { currency: defaultCurrency ?? null, tagless },
  );
  // Without rules nothing is read of a charge to find its owner.
  const joined = pieces.length === 0 ? "''" : `concat_ws(',', ${pieces.join(', ')})`;
  // Parquet has no HUGEINT (DuckDB writes a double in its place): keys travel as DECIMAL(38,0).
  const document = `{${keyColumns.map(name => `'${name}': ${name}`).join(', ')}, 'owner': attributes}`;
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_keys AS
     SELECT row_number() OVER () AS key, ${md5Key(`to_json(${document})::VARCHAR`)} AS key_id, *, ${md5Key('attributes')} AS owner_key
     FROM (SELECT *, '{' || ${joined} || '}' AS attributes
           FROM (SELECT DISTINCT ${keyColumns.join(', ')} FROM focus_plain))`,
  );
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_marked AS
     SELECT packed, part, key, billed_in FROM focus_plain JOIN focus_keys USING (${keyColumns.join(', ')})`,
  );
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_lines AS
     WITH lines AS (
       SELECT charge_day, coalesce(billed_in, ${monthOf}) AS billing_period, key,
         ${['billed', 'list', 'contracted', 'quantity'].map(sumOf('unused')).join(', ')}, ${sumOf('billed')('effective')}
       FROM focus_raw JOIN focus_marked USING (packed) GROUP BY ALL)
     SELECT lines.*, ${originOf} AS origin FROM lines JOIN focus_keys USING (key)`,
    { origin: origin ?? null, source },
  );
  const seen = 'provider, billing_account, issuer, invoice';
  const bySums = "billed_in IS NULL OR invoice = ''";
  // To look for nothing in all sums takes a tenth of a second.
  const needsSums = (await reader.scalar(`SELECT 1 FROM focus_plain WHERE ${bySums} LIMIT 1`)) !== undefined;
  await reader.run(
    `CREATE OR REPLACE TEMP TABLE focus_periods AS
     SELECT *, ${originOf} AS origin
     FROM (
       SELECT DISTINCT ${seen}, billed_in AS billing_period, true AS is_billed FROM focus_plain WHERE NOT (${bySums})
       ${
         needsSums
           ? `UNION SELECT ${seen}, coalesce(billed_in, ${monthOf}), billed <> 0
              FROM focus_raw JOIN focus_plain USING (packed) WHERE ${bySums}`
           : ''
       })`,
    { origin: origin ?? null, source },
  );
}
