-- The allocations of the days in kubernetes_days by owner of their day. What is idle is nobody's; a workload that a rule
-- gives to a split is shared by all others.
CREATE OR REPLACE TEMP TABLE owned_allocations AS
SELECT
  charge_day, cluster, currency,
  CASE WHEN allocation <> 'idle' AND nullif(owners.split, '') IS NOT NULL THEN 'shared' ELSE allocation END AS allocation,
  CASE WHEN allocation = 'idle' THEN '' ELSE coalesce(owners.team, 'unowned') END AS team,
  CASE WHEN allocation = 'idle' THEN 'idle' ELSE coalesce(owners.service, 'unassigned') END AS service,
  CASE
    WHEN allocation = 'idle' THEN ''
    WHEN coalesce(owners.environment, 'unassigned') <> 'unassigned' THEN owners.environment
    ELSE coalesce(nullif(clusters.environment, ''), 'unassigned')
  END AS environment,
  cost, adjustment, requested, used,
  -- What is shared by all bears no weight of its own.
  CASE WHEN allocation = 'idle' THEN clusters.idle = 'kept' ELSE nullif(owners.split, '') IS NULL END AS weighs
FROM kubernetes_allocations AS allocations
LEFT JOIN kubernetes_clusters AS clusters USING (cluster)
LEFT JOIN owners
  ON owners.owner_key = allocations.owner_key
  AND owners.valid_from <= charge_day AND charge_day < owners.valid_to
WHERE charge_day IN (SELECT charge_day FROM kubernetes_days);
