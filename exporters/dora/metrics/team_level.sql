-- A label that is '' is none.
levelled AS (SELECT * REPLACE (struct_update(labels, service := '', environment := '') AS labels) FROM counted)
