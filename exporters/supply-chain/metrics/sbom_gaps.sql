SELECT ts, team, gap, count(*) AS value
FROM running_at
JOIN sboms_at USING (ts, artifact)
JOIN (
  VALUES
    ('no_components'), ('no_versions'), ('no_identifiers'), ('no_dependencies'), ('no_timestamp'), ('no_author'),
    ('no_supplier'), ('declared_incomplete')
) AS known(gap) ON list_contains(gaps, gap)
GROUP BY ALL
