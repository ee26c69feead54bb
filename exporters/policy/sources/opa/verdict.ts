/**
 * What a decision says: allow, deny, undefined (no result: not deny), error, or other (a result that is no verdict, such
 * as a ticket or a list of owners). In SQL, over the result as JSON.
 */
import { type OpaConfig, pointerOf } from './config.ts';

export const outcomes = ['allow', 'deny', 'undefined', 'error', 'other'] as const;

/** Values are compared as JSON texts without white space, as DuckDB reads them: parsing each would take half of the time. */
const macros = `
-- What is called deny, violation, … holds reasons: any reason denies.
CREATE OR REPLACE TEMP MACRO opa_denies(v) AS
  CASE WHEN v::VARCHAR <> 'null' THEN v::VARCHAR NOT IN ('false', '[]', '{}', '""', '0') END;

CREATE OR REPLACE TEMP MACRO opa_allows(v) AS CASE
  WHEN v::VARCHAR = 'true' THEN true
  WHEN v::VARCHAR = 'false' THEN false
  WHEN left(v::VARCHAR, 1) = '"' THEN CASE
    WHEN lower(left(v::VARCHAR, 10)) IN ('"true"', '"allow"', '"allowed"') THEN true
    WHEN lower(left(v::VARCHAR, 10)) IN ('"false"', '"deny"', '"denied"') THEN false END
  END;

-- Few paths have such words at all.
CREATE OR REPLACE TEMP MACRO opa_name_denies(path) AS
  regexp_matches(path, '(?i)den|viol|block|reject|forbid') AND regexp_matches(path,
    '(?i)(^|[/.])((deny|denied|denies|violations?|blocked|rejected|forbidden)|(deny|violation)_[^/.]*|[^/.]*_(violations?|deny))$');

-- Of an object: what denies goes before what allows.
CREATE OR REPLACE TEMP MACRO opa_object(found) AS CASE
  WHEN opa_denies(found[4]) OR opa_denies(found[5]) OR opa_denies(found[6]) OR opa_denies(found[7]) THEN 'deny'
  WHEN opa_allows(coalesce(found[1], found[2], found[3])) THEN 'allow'
  WHEN NOT opa_allows(coalesce(found[1], found[2], found[3])) THEN 'deny'
  WHEN coalesce(found[4], found[5], found[6], found[7]) IS NOT NULL THEN 'allow'
  ELSE 'other' END;

CREATE OR REPLACE TEMP MACRO opa_by_shape(path, result) AS CASE
  WHEN opa_name_denies(path) THEN CASE WHEN opa_denies(result) THEN 'deny' ELSE 'allow' END
  WHEN left(result::VARCHAR, 1) = '{' THEN
    -- In a list of one, so that it is parsed once.
    list_transform([json_extract(result, ['/allow', '/allowed', '/response/allowed', '/deny', '/denied', '/violation', '/violations'])],
      lambda found: opa_object(found))[1]
  WHEN opa_allows(result) THEN 'allow'
  WHEN NOT opa_allows(result) THEN 'deny'
  ELSE 'other' END;

CREATE OR REPLACE TEMP MACRO opa_configured(value, means) AS CASE
  WHEN means = 'nothing' THEN 'other'
  WHEN value IS NULL OR value::VARCHAR = 'null' THEN 'undefined'
  WHEN means = 'deny' THEN CASE WHEN opa_denies(value) THEN 'deny' ELSE 'allow' END
  WHEN opa_allows(value) THEN 'allow'
  WHEN NOT opa_allows(value) THEN 'deny'
  -- A set of what is allowed.
  WHEN left(value::VARCHAR, 1) IN ('[', '{') THEN CASE WHEN opa_denies(value) THEN 'allow' ELSE 'deny' END
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
      WHEN error::VARCHAR <> 'null' THEN 'error'
      WHEN result IS NULL OR result::VARCHAR = 'null' THEN 'undefined'
      ${cases.join('\n      ')}
      ELSE opa_by_shape(path, result) END`,
  };
}
