-- DevLake's ConnectIncidentToDeployment: an incident is of the success in PRODUCTION that ended last before it began, in
-- all of the project, whichever service and however long ago that was; of none where there is no such deployment.
-- Reads devlake_incidents (project, incident, created_at) and devlake_deployment_commits.
CREATE OR REPLACE TEMP TABLE devlake_incident_deployments AS
SELECT i.project, i.incident, d.deployment
FROM devlake_incidents AS i
JOIN devlake_deployment_commits AS d
  ON d.project = i.project AND d.finished_at < i.created_at AND d.result = 'SUCCESS' AND d.environment = 'PRODUCTION'
QUALIFY row_number() OVER (PARTITION BY i.project, i.incident ORDER BY d.finished_at DESC, d.id DESC) = 1;
