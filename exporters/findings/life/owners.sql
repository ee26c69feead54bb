-- Owners that the ledger does not have yet; the exporter resolves them (catalog/owners.ts).
INSERT INTO owner_keys
SELECT (md5_number(owner) // 2)::HUGEINT, owner::JSON, getvariable('told_now')
FROM (SELECT DISTINCT owner FROM told_owners) AS told
WHERE NOT EXISTS (FROM owner_keys AS known WHERE known.owner_key = (md5_number(told.owner) // 2)::HUGEINT);
