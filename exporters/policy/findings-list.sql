SELECT * FROM paged ORDER BY rank, opened_at, finding, scope
