/** Incidents as DevLake has them: of a project, and nothing of a service. Who bears them is ours to tell. */
import type { Ownership } from '../../catalog/ownership.ts';
import { unowned } from '../../catalog/ownership.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { fromSqlTime } from '../../core/time.ts';
import { ownersOf } from '../owned.ts';

/** Fills `devlake_known_incidents` with the newest statement of each and its owner, and `devlake_incidents`. */
export async function prepareIncidents(tx: Transaction, ownership: Pick<Ownership, 'names'>, now: Date): Promise<void> {
  await tx.run(`
    CREATE OR REPLACE TEMP TABLE devlake_told_incidents AS
    SELECT
      source, incident, service, team, repository, CASE WHEN is_deleted THEN 'deleted' ELSE status END AS status,
      started_at, resolved_at, updated_at
    FROM (
      SELECT * FROM incidents
      QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY updated_at DESC, learned_at DESC, incidents DESC) = 1
    )
    WHERE source NOT IN (SELECT source FROM backfills)`);
  const words = await tx.all(`
    SELECT DISTINCT service, team, repository, started_at::DATE::VARCHAR AS day FROM devlake_told_incidents ORDER BY ALL`);
  const owners = await ownersOf(
    tx,
    words.map(({ service, team, repository, day }) => ({
      attributes: { service: String(service), team: String(team), repository: String(repository) },
      at: fromSqlTime(`${String(day)} 00:00:00`).getTime(),
    })),
    now,
  );
  await stage(
    tx,
    'devlake_incident_owners',
    {
      ...{ service: 'VARCHAR', team: 'VARCHAR', repository: 'VARCHAR', day: 'DATE' },
      ...{ service_name: 'VARCHAR', team_name: 'VARCHAR' },
    },
    words.map(({ service, team, repository, day }, index) => {
      const word = String(service);
      const owner = owners[index] ?? { team: unowned, service: undefined };
      return {
        ...{ service: word, team: String(team), repository: String(repository), day: String(day) },
        service_name: word === '' ? (owner.service ?? String(repository)) : ownership.names.serviceOf(word).service,
        team_name: owner.team,
      };
    }),
  );
  await tx.run(`
    CREATE OR REPLACE TEMP TABLE devlake_known_incidents AS
    WITH owned AS (
      SELECT
        i.source, i.incident, i.source || chr(31) || i.incident AS key, o.service_name AS service, o.team_name AS team,
        i.repository, i.status, i.started_at, i.resolved_at, i.updated_at
      FROM devlake_told_incidents AS i
      JOIN devlake_incident_owners AS o
        ON o.service = i.service AND o.team = i.team AND o.repository = i.repository AND o.day = i.started_at::DATE
    ),
    projects AS (
      SELECT owned.key, min_by(r.project, r.position) AS project
      FROM owned
      JOIN devlake_project_rules AS r
        ON coalesce(owned.repository ILIKE r.repository ESCAPE '\\', r.repository IS NULL)
          AND coalesce(owned.service ILIKE r.service ESCAPE '\\', r.service IS NULL)
      GROUP BY ALL
    )
    SELECT
      owned.*,
      coalesce(
        projects.project, CASE WHEN owned.team = 'unowned' THEN deploying.project END, 'team ' || owned.team
      ) AS project
    FROM owned
    LEFT JOIN projects USING (key)
    -- A team that nobody tells of an incident may be told by what deploys its service.
    LEFT JOIN (
      SELECT a.service, max_by(d.project, d.finished_at) AS project
      FROM devlake_all_deployments AS a JOIN devlake_deployments AS d USING (deployment)
      GROUP BY ALL
    ) AS deploying USING (service);
    CREATE OR REPLACE TEMP TABLE devlake_incidents AS
    SELECT project, key AS incident, started_at AS created_at FROM devlake_known_incidents WHERE status <> 'deleted'`);
}
