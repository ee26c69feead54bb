-- Lenient in, strict out: what FOCUS producers really write, as numbers, instants and text. NULL is "can't be read".

-- Null is written NULL, null, (null), \N (as Snowflake and MySQL unload it) or nothing. The length comes first because it is cheap.
CREATE OR REPLACE TEMP MACRO focus_text(s) AS
  CASE WHEN length(s) > 12 THEN trim(s) WHEN lower(trim(s)) NOT IN ('', 'null', '(null)', '\n') THEN trim(s) END;

-- Where a number is asked for, NaN and Python's None are null too.
CREATE OR REPLACE TEMP MACRO focus_no_number(s) AS lower(coalesce(focus_text(s), 'nan')) IN ('nan', 'none');

-- The same value by the same rounding, but a cast of text to a DECIMAL of 64 bits is 100 times faster than to one of 128.
CREATE OR REPLACE TEMP MACRO focus_decimal(s) AS
  coalesce(try_cast(s AS DECIMAL(18, 10))::DECIMAL(24, 10), try_cast(s AS DECIMAL(24, 10)));

-- A number without what people and spreadsheets put around it: blanks, currency signs, quotes, accounting's brackets.
-- (DuckDB itself takes 1_000 for 1000, and so may we: it can mean nothing else.)
CREATE OR REPLACE TEMP MACRO focus_bare(s) AS
  regexp_replace(regexp_replace(s, '[\s"''$€£¥\x{a0}\x{202f}]', '', 'g'), '^\((.*)\)$', '-\1');

-- `1,234` and `1.234` can be read both ways; anything else tells which sign is the decimal one.
CREATE OR REPLACE TEMP MACRO focus_ambiguous(b) AS regexp_full_match(b, '[+-]?[1-9]\d{0,2}[.,]\d{3}');
CREATE OR REPLACE TEMP MACRO focus_decimal_comma(b) AS
  regexp_full_match(b, '[+-]?(\d*,\d+|\d+,|\d{1,3}(\.\d{3})+,\d*|\d{1,3}(\.\d{3}){2,})([eE][+-]?\d+)?') AND NOT focus_ambiguous(b);
CREATE OR REPLACE TEMP MACRO focus_decimal_point(b) AS
  regexp_full_match(b, '[+-]?(\d*\.\d+|\d+\.|\d{1,3}(,\d{3})+\.\d*|\d{1,3}(,\d{3}){2,})([eE][+-]?\d+)?') AND NOT focus_ambiguous(b);

-- `convention` is a file's: point, comma, or mixed, where an ambiguous comma can't be read at all.
CREATE OR REPLACE TEMP MACRO focus_bare_number(b, convention) AS try_cast(
  CASE
    WHEN focus_ambiguous(b) THEN
      CASE convention
        WHEN 'point' THEN replace(b, ',', '')
        WHEN 'comma' THEN replace(replace(b, '.', ''), ',', '.')
        ELSE CASE WHEN contains(b, ',') THEN NULL ELSE b END
      END
    WHEN regexp_full_match(b, '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?') THEN b
    WHEN regexp_full_match(b, '[+-]?[1-9]\d{0,2}(,\d{2,3})*,\d{3}(\.\d*)?([eE][+-]?\d+)?') THEN replace(b, ',', '')
    WHEN regexp_full_match(b, '[+-]?[1-9]\d{0,2}(\.\d{3})+(,\d*)?([eE][+-]?\d+)?') THEN replace(replace(b, '.', ''), ',', '.')
    WHEN regexp_full_match(b, '[+-]?(\d*,\d+|\d+,)([eE][+-]?\d+)?') THEN replace(b, ',', '.')
  END AS DECIMAL(24, 10));
CREATE OR REPLACE TEMP MACRO focus_number(s, convention) AS focus_bare_number(focus_bare(s), convention);

-- A cast to TIMESTAMP drops an offset without a word and reads 4/1/25 as a day of the year 4, so shapes come first.
-- The first shape is only a shortcut: nearly all rows have it, and what follows takes five times as long.
CREATE OR REPLACE TEMP MACRO focus_instant(s) AS
  CASE
    WHEN s LIKE '____-__-__T__:__:__Z' THEN try_cast(s AS TIMESTAMP)
    WHEN s LIKE '____-__-__%' AND length(s) <= 20 AND NOT contains(s[12:], '+') AND NOT contains(s[12:], '-') THEN
      coalesce(try_cast(s AS TIMESTAMP), try_cast(regexp_replace(s, '^(.{10})[T ](\d\d:\d\d)Z?$', '\1 \2:00') AS TIMESTAMP))
    WHEN regexp_matches(s, '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|UTC|\+00:?(00)?)?$') THEN
      try_cast(regexp_replace(regexp_replace(s, ' ?(Z|UTC|\+00:?(00)?)$', ''), '^(.{10})[T ](\d\d:\d\d)$', '\1 \2:00')
        AS TIMESTAMP)
    WHEN regexp_matches(s, '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?[+-]\d\d(:?\d\d)?$') THEN
      make_timestamp(epoch_us(try_cast(
        regexp_replace(regexp_replace(s, ' ?([+-]\d\d(:?\d\d)?)$', '\1'), '^(.{10})[T ](\d\d:\d\d)([+-].*)$', '\1 \2:00\3')
        AS TIMESTAMPTZ)))
    WHEN regexp_matches(s, '^20\d{6}$') THEN try_strptime(s, '%Y%m%d')
    WHEN regexp_matches(s, '^\d{4}/\d{1,2}/\d{1,2}( \d\d:\d\d:\d\d)?$') THEN try_cast(s AS TIMESTAMP)
    WHEN regexp_matches(s, '^\d{1,2}/\d{1,2}/\d{4}') THEN
      try_strptime(s, ['%m/%d/%Y', '%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S', '%m/%d/%Y %I:%M:%S %p'])
    WHEN regexp_matches(s, '^\d{1,2}/\d{1,2}/\d{2}(\s|$)') THEN
      try_strptime(s, ['%m/%d/%y', '%m/%d/%y %H:%M', '%m/%d/%y %H:%M:%S'])
    WHEN regexp_matches(s, '^\d{1,2}\.\d{1,2}\.\d{4}') THEN
      try_strptime(s, ['%d.%m.%Y', '%d.%m.%Y %H:%M', '%d.%m.%Y %H:%M:%S'])
  END;

-- A billing period's first day. FOCUS writes it in UTC; a midnight with an offset is the first moment of a local day, and
-- that day is meant: 2026-10-01T00:00:00+02:00 is October's, though it is the 30th of September in UTC.
CREATE OR REPLACE TEMP MACRO focus_period(s) AS
  CASE
    WHEN regexp_matches(s, '^\d{4}-\d\d-\d\d[T ]00:00(:00(\.0+)?)? ?[+-]\d\d(:?\d\d)?$') THEN try_cast(s[:10] AS DATE)
    ELSE focus_instant(s)::DATE
  END;

-- No cloud billed before it or will bill after: a year 0001 or 9999 is a program's way to say none.
CREATE OR REPLACE TEMP MACRO focus_plausible(day) AS day BETWEEN DATE '2000-01-01' AND DATE '2099-12-31';
CREATE OR REPLACE TEMP MACRO focus_billed_in(s) AS CASE WHEN focus_plausible(focus_period(s)) THEN focus_period(s) END;

-- FOCUS' charge categories, in any case; where a bill says none it is Usage.
CREATE OR REPLACE TEMP MACRO focus_category_known(s) AS
  coalesce(lower(focus_text(s)), 'usage') IN ('usage', 'purchase', 'tax', 'credit', 'adjustment');

-- Tags as an object: JSON of one, with or without its braces (Azure), as Python prints one, or a list of keys and values,
-- as Google's FOCUS view and Spark have them; there what a project hands down gives way to the resource's own. NULL where
-- it is none of these.
CREATE OR REPLACE TEMP MACRO focus_tag_key(e) AS coalesce(json_extract_string(e, '$.key'), json_extract_string(e, '$.Key'));
CREATE OR REPLACE TEMP MACRO focus_inherited(e) AS coalesce(json_extract_string(e, '$.x_inherited') = 'true', false);
CREATE OR REPLACE TEMP MACRO focus_tag_pairs(entries) AS
  CASE WHEN len(list_filter(entries, lambda e: focus_tag_key(e) IS NULL)) = 0 THEN
    '{' || array_to_string(list_transform(
      list_filter(entries, lambda e: NOT focus_inherited(e) OR NOT list_contains(
        list_transform(list_filter(entries, lambda o: NOT focus_inherited(o)), lambda o: focus_tag_key(o)), focus_tag_key(e))),
      lambda e: to_json(focus_tag_key(e))::VARCHAR || ':' ||
        coalesce(json_extract(e, '$.value'), json_extract(e, '$.Value'), 'null')::VARCHAR), ',') || '}'
  END;
CREATE OR REPLACE TEMP MACRO focus_printed(s) AS
  CASE WHEN starts_with(s, '{''') AND NOT contains(s, '"') THEN
    regexp_replace(replace(s, '''', '"'), ': None([,}])', ': null\1', 'g') END;
CREATE OR REPLACE TEMP MACRO focus_tag_object(s) AS
  CASE WHEN json_type(try_cast(s AS JSON)) = 'OBJECT' THEN s
       WHEN json_type(try_cast(s AS JSON)) = 'ARRAY' THEN focus_tag_pairs(json_extract(try_cast(s AS JSON), '$[*]'))
       WHEN json_type(try_cast('{' || s || '}' AS JSON)) = 'OBJECT' THEN '{' || s || '}'
       WHEN json_type(try_cast(focus_printed(s) AS JSON)) = 'OBJECT' THEN focus_printed(s) END;
