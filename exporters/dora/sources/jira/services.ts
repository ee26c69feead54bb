/**
 * Names of Jira Service Management's services: an issue's field "Affected services" has their ids alone. Source: "Services"
 * of the Jira Service Management operations API (experimental), and `/_edge/tenant_info` of a Cloud site.
 */
import { z } from 'zod';
import type { JiraClient } from '../../../vendors/jira/client.ts';
import type { JiraIncidentsConfig } from './config.ts';

const tenantSchema = z.looseObject({ cloudId: z.string().min(1) });
const servicesSchema = z.looseObject({
  services: z.array(z.looseObject({ id: z.string(), name: z.string() })),
  pagination: z.looseObject({ hasNext: z.boolean().nullish() }).nullish(),
});

export const isServiceId = (word: string): boolean => word.startsWith('ari:cloud:graph::service/');

/** The id of the Cloud site; undefined where it doesn't say. */
export async function cloudIdOf(client: JiraClient, config: JiraIncidentsConfig): Promise<string | undefined> {
  const known = config.alerts?.cloud_id ?? /\/ex\/jira\/([^/]+)/.exec(config.url)?.[1];
  if (known !== undefined) return known;
  const said = tenantSchema.safeParse(await client.ask({ path: new URL('/_edge/tenant_info', config.url).href }));
  return said.success ? said.data.cloudId : undefined;
}

/** Names by id. Empty where the site has no services; errors are those of the client. */
export async function serviceNames(
  client: JiraClient,
  config: JiraIncidentsConfig,
): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  const cloudId = await cloudIdOf(client, config);
  if (cloudId === undefined) return names;
  const path = `${config.operations_url}/jsm/api/${cloudId}/v1/services/`;
  const headers = { 'x-experimentalapi': 'opt-in' };
  for (let offset = 0; ; ) {
    const said = servicesSchema.safeParse(await client.ask({ path, query: { offset, size: 100 }, headers }));
    if (!said.success) return names;
    const { services, pagination } = said.data;
    for (const { id, name } of services) names.set(plainId(id), name);
    offset += services.length;
    if (services.length === 0 || pagination?.hasNext !== true) return names;
  }
}

/** An id may come encoded, as `b:` and its Base64. */
const plainId = (id: string) => (id.startsWith('b:') ? Buffer.from(id.slice(2), 'base64').toString('utf8') : id);
