-- A label that is '' is none.
levelled AS (SELECT * REPLACE (struct_update(labels, team := '', service := '', environment := '') AS labels) FROM counted)
