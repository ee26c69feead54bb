/** The answer of `/assets`: nodes, disks, load balancers, management and network of a cluster, with what they cost. */
import type { RejectedRecord } from '../../rejects.ts';
import { isNumber } from './allocations.ts';
import type { Fields } from './client.ts';
import type { KubernetesConfig } from './config.ts';

export interface AssetRow {
  readonly type: string;
  readonly provider: string;
  readonly total: string;
  readonly adjustment: string;
}

/** Assets of the cluster; costs outside of clusters (type Cloud) are none. */
export function readAssets(
  assets: Fields,
  { cluster_id: id }: KubernetesConfig,
  day: string,
): { readonly rows: readonly AssetRow[]; readonly rejects: readonly RejectedRecord[] } {
  const rows: AssetRow[] = [];
  const rejects: RejectedRecord[] = [];
  for (const [key, value] of Object.entries(assets)) {
    const asset = (value ?? {}) as Fields;
    const properties = (asset.properties ?? {}) as Fields;
    if (asset.type === 'Cloud' || (id !== undefined && properties.cluster !== id)) continue;
    const bad = ['totalCost', 'adjustment'].find(
      field => !isNumber(asset[field] ?? (field === 'adjustment' ? '0' : '')),
    );
    if (bad !== undefined)
      rejects.push({ file: `${day} asset ${key}`, reason: 'bad_number', field: bad, value: String(asset[bad]) });
    else
      rows.push({
        type: String(asset.type ?? 'unknown'),
        provider: String(properties.provider ?? ''),
        total: String(asset.totalCost),
        adjustment: String(asset.adjustment ?? '0'),
      });
  }
  return { rows, rejects };
}
