-- Brings told_responses and told_answers of one source's survey in; told_changed are those that are new, other or withdrawn.

DELETE FROM told_responses
WHERE EXISTS (
  FROM survey_waves AS w
  WHERE w.survey = getvariable('told_survey') AND w.is_sealed
    AND submitted_on BETWEEN w.begins_on AND w.ends_on
);

CREATE OR REPLACE TEMP TABLE told_changed AS
SELECT coalesce(t.response, r.response) AS response, t.response IS NULL AS is_withdrawn
FROM told_responses AS t
FULL JOIN (
  FROM survey_responses WHERE survey = getvariable('told_survey') AND source = getvariable('told_source')
) AS r USING (response)
WHERE (t.response IS NULL AND getvariable('told_whole'))
  OR (t.response IS NOT NULL AND (t.digest, t.wave) IS DISTINCT FROM (r.digest, r.wave));

CREATE OR REPLACE TEMP TABLE told_turns AS
SELECT t.response,
  row_number() OVER (PARTITION BY t.respondent, t.submitted_on ORDER BY t.position)
    + coalesce((
      SELECT max(r.turn) FROM survey_responses AS r
      WHERE r.survey = getvariable('told_survey') AND r.respondent = t.respondent AND r.submitted_on = t.submitted_on
        AND r.response <> t.response
    ), 0) AS turn
FROM told_responses AS t;

DELETE FROM survey_answers
WHERE survey = getvariable('told_survey') AND response IN (SELECT response FROM told_changed);

DELETE FROM survey_responses
WHERE survey = getvariable('told_survey') AND response IN (SELECT response FROM told_changed);

INSERT INTO survey_responses
SELECT getvariable('told_survey'), getvariable('told_source'), t.response, t.trace, t.respondent, t.wave, t.submitted_on,
  turns.turn, t.team, t.digest, getvariable('told_today')
FROM told_responses AS t JOIN told_changed USING (response) JOIN told_turns AS turns USING (response)
ORDER BY t.response;

INSERT INTO survey_answers
SELECT getvariable('told_survey'), a.response, a.question, a.item, a.raw, a.value
FROM told_answers AS a
JOIN told_changed USING (response) SEMI JOIN told_responses USING (response)
ORDER BY a.response, a.question;
