/**
 * What a decision says: allow, deny, undefined (no result: not deny), error, or other (a result that is no verdict, such
 * as a ticket or a list of owners). In SQL, over the result as JSON.
 */
import { type OpaConfig, pointerOf } from './config.ts';

export const outcomes = ['allow', 'deny', 'undefined', 'error', 'other'] as const;

const macros = `
-- A word of an owner; an object or a list is none.
CREATE OR REPLACE TEMP MACRO opa_word(v) AS CASE WHEN v[1] NOT IN ('{', '[') THEN nullif(trim(left(v, 200)), '') END;

-- What is called deny, violation, … holds reasons: any reason denies.
CREATE OR REPLACE TEMP MACRO opa_denies(v) AS CASE json_type(v)
  WHEN 'BOOLEAN' THEN v::VARCHAR = 'true'
  WHEN 'ARRAY' THEN json_array_length(v) > 0
  WHEN 'OBJECT' THEN len(json_keys(v)) > 0
  WHEN 'VARCHAR' THEN v::VARCHAR <> '""'
  WHEN 'NULL' THEN NULL
  ELSE v::VARCHAR <> '0' END;

CREATE OR REPLACE TEMP MACRO opa_allows(v) AS CASE json_type(v)
  WHEN 'BOOLEAN' THEN v::VARCHAR = 'true'
  WHEN 'VARCHAR' THEN CASE lower(v::VARCHAR)
    WHEN '"true"' THEN true WHEN '"allow"' THEN true WHEN '"allowed"' THEN true
    WHEN '"false"' THEN false WHEN '"deny"' THEN false WHEN '"denied"' THEN false END
  END;

CREATE OR REPLACE TEMP MACRO opa_name_denies(name) AS
  regexp_full_match(name, '(deny|denied|denies|violations?|blocked|rejected|forbidden)|(deny|violation)_.*|.*_(violations?|deny)');

-- Of an object with the keys of opa_keys: what denies goes before what allows.
CREATE OR REPLACE TEMP MACRO opa_object(found) AS CASE
  WHEN opa_denies(found[4]) OR opa_denies(found[5]) OR opa_denies(found[6]) OR opa_denies(found[7]) THEN 'deny'
  WHEN opa_allows(coalesce(found[1], found[2], found[3])) THEN 'allow'
  WHEN NOT opa_allows(coalesce(found[1], found[2], found[3])) THEN 'deny'
  WHEN coalesce(found[4], found[5], found[6], found[7]) IS NOT NULL THEN 'allow'
  ELSE 'other' END;

CREATE OR REPLACE TEMP MACRO opa_by_shape(path, result) AS CASE
  WHEN opa_name_denies(lower(regexp_extract(path, '[^/.]*$'))) THEN CASE WHEN opa_denies(result) THEN 'deny' ELSE 'allow' END
  WHEN json_type(result) = 'OBJECT' THEN
    opa_object(json_extract(result, ['/allow', '/allowed', '/response/allowed', '/deny', '/denied', '/violation', '/violations']))
  WHEN opa_allows(result) THEN 'allow'
  WHEN NOT opa_allows(result) THEN 'deny'
  ELSE 'other' END;

CREATE OR REPLACE TEMP MACRO opa_configured(value, means) AS CASE
  WHEN means = 'nothing' THEN 'other'
  WHEN value IS NULL OR json_type(value) = 'NULL' THEN 'undefined'
  WHEN means = 'deny' THEN CASE WHEN opa_denies(value) THEN 'deny' ELSE 'allow' END
  WHEN opa_allows(value) THEN 'allow'
  WHEN NOT opa_allows(value) THEN 'deny'
  -- A set of what is allowed.
  WHEN json_type(value) IN ('ARRAY', 'OBJECT') THEN CASE WHEN opa_denies(value) THEN 'allow' ELSE 'deny' END
  ELSE 'other' END;
`;

export interface VerdictSql {
  /** Statements that a connection needs first. */
  readonly macros: string;
  /** The expression of the outcome of `path`, `result` and `error`; the last two JSON. */
  readonly outcome: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export function verdictSql(decisions: OpaConfig['decisions']): VerdictSql {
  const parameters: Record<string, string> = {};
  const cases = decisions.map(({ decision, key, means }, index) => {
    parameters[`means${index}`] = means;
    // What is no wildcard in the configuration is none in SQL.
    parameters[`path${index}`] = decision.replace(/^\//, '').replace(/[[\]]/g, '[$&]');
    if (key !== undefined) parameters[`key${index}`] = pointerOf(key.split('.'));
    const value = key === undefined ? 'result' : `json_extract(result, $key${index}::VARCHAR)`;
    return `WHEN path GLOB $path${index}::VARCHAR THEN opa_configured(${value}, $means${index}::VARCHAR)`;
  });
  return {
    macros,
    parameters,
    outcome: `CASE
      WHEN error IS NOT NULL AND json_type(error) <> 'NULL' THEN 'error'
      WHEN result IS NULL OR json_type(result) = 'NULL' THEN 'undefined'
      ${cases.join('\n      ')}
      ELSE opa_by_shape(path, result) END`,
  };
}
