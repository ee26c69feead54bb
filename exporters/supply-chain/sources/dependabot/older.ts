/**
 * Alerts as GitHub told of them before its REST API did: `vulnerabilityAlerts` of GraphQL, as programs store its answers, and
 * the webhook repository_vulnerability_alert. Both as alerts of the REST API, whose reader reads them.
 */
import { repositorySlug } from '../../../catalog/repository.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';

export interface GraphqlList {
  /** `owner/name`; '' where the query didn't ask. */
  readonly repository: string;
  /** Its name without its owner, where that is all the query asked. */
  readonly name: string;
  readonly nodes: readonly unknown[];
  /** Another page follows. */
  readonly isCut: boolean;
}

type Above = Pick<GraphqlList, 'repository' | 'name'>;

const deepest = 12;

/** The lists of an answer, wherever its query put them; repositories have names in a node above. */
export function graphqlLists(json: unknown): readonly GraphqlList[] {
  const lists: GraphqlList[] = [];
  const visit = (value: unknown, above: Above, depth: number): void => {
    if (depth > deepest) return;
    if (Array.isArray(value)) {
      for (const one of value) visit(one, above, depth + 1);
      return;
    }
    if (!isObject(value)) return;
    const here = {
      repository: repositoryIn(value) ?? above.repository,
      name: repositorySlug(wordOf(value.name, 200) ?? '') ?? above.name,
    };
    const { vulnerabilityAlerts } = value;
    if (isObject(vulnerabilityAlerts)) {
      const edges = listOf(vulnerabilityAlerts.edges).map(edge => objectOf(edge).node);
      const nodes = Array.isArray(vulnerabilityAlerts.nodes) ? vulnerabilityAlerts.nodes : edges;
      lists.push({ ...here, nodes, isCut: hasNext(vulnerabilityAlerts) });
    }
    for (const [key, one] of Object.entries(value)) if (key !== 'vulnerabilityAlerts') visit(one, here, depth + 1);
  };
  if (isObject(json) && isObject(json.data)) visit(json.data, { repository: '', name: '' }, 0);
  return lists;
}

const hasNext = (list: JsonObject): boolean => objectOf(list.pageInfo).hasNextPage === true;

/** A bare name without its owner is no repository's name. */
function repositoryIn(node: JsonObject): string | undefined {
  const said = wordOf(node.nameWithOwner, 300) ?? wordOf(node.url, 500);
  const slug = said === undefined ? undefined : repositorySlug(said);
  return slug?.includes('/') ? slug : undefined;
}

/** A node as the REST API has it; undefined where it is none. */
export function fromGraphql(node: unknown): JsonObject | undefined {
  if (!isObject(node) || !isObject(node.securityVulnerability)) return undefined;
  const vulnerability = node.securityVulnerability;
  const advisory = objectOf(vulnerability.advisory);
  const identifiers = listOf(advisory.identifiers).filter(isObject);
  const idOf = (type: string) => identifiers.find(one => one.type === type)?.value;
  const dismissed = wordOf(node.dismissedAt, 50);
  const state = wordOf(node.state, 50)?.toLowerCase();
  return {
    number: Number(node.number) || 0,
    // Before 2022 only the date of a dismissal told of one.
    state: state ?? (dismissed === undefined ? 'open' : 'dismissed'),
    dependency: {
      package: vulnerability.package,
      manifest_path: node.vulnerableManifestPath,
      scope: wordOf(node.dependencyScope, 50)?.toLowerCase(),
    },
    security_advisory: {
      ghsa_id: wordOf(advisory.ghsaId, 100) ?? idOf('GHSA'),
      cve_id: idOf('CVE'),
      summary: advisory.summary,
      identifiers,
      cvss: advisory.cvss,
      cvss_severities: {
        cvss_v3: objectOf(advisory.cvssSeverities).cvssV3,
        cvss_v4: objectOf(advisory.cvssSeverities).cvssV4,
      },
    },
    security_vulnerability: {
      severity: wordOf(vulnerability.severity, 50)?.toLowerCase(),
      first_patched_version: vulnerability.firstPatchedVersion,
    },
    version: /^=\s*(\S+)$/.exec(wordOf(node.vulnerableRequirements, 100) ?? '')?.[1],
    created_at: node.createdAt,
    updated_at: node.fixedAt ?? node.dismissedAt ?? node.createdAt,
    fixed_at: node.fixedAt,
    dismissed_at: dismissed,
    dismissed_reason: wordOf(node.dismissReason, 200)?.toLowerCase().replaceAll(/\W+/g, '_'),
    dismissed_by: node.dismisser,
    auto_dismissed_at: node.autoDismissedAt,
  };
}

export const isOldWebhook = (payload: JsonObject): boolean =>
  typeof objectOf(payload.alert).affected_package_name === 'string';

/** The alert of the webhook repository_vulnerability_alert: it names no ecosystem. */
export function fromOldWebhook(payload: JsonObject): JsonObject {
  const alert = objectOf(payload.alert);
  const external = wordOf(alert.external_identifier, 100);
  const fixed = payload.action === 'resolve';
  const dismissed = payload.action === 'dismiss';
  return {
    number: alert.number,
    state: fixed ? 'fixed' : dismissed ? 'dismissed' : 'open',
    dependency: { package: { name: alert.affected_package_name } },
    security_advisory: { ghsa_id: alert.ghsa_id, cve_id: external?.startsWith('CVE-') ? external : undefined },
    security_vulnerability: { severity: alert.severity, first_patched_version: { identifier: alert.fixed_in } },
    created_at: alert.created_at,
    updated_at: alert.fixed_at ?? alert.dismissed_at ?? alert.created_at,
    fixed_at: alert.fixed_at,
    dismissed_at: alert.dismissed_at,
    dismissed_reason: wordOf(alert.dismiss_reason, 200)?.toLowerCase().replaceAll(/\W+/g, '_'),
    dismissed_by: alert.dismisser,
  };
}
