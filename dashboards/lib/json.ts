/** A dashboard as its file is. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

export type Frozen<T> = T extends (...parameters: never[]) => unknown
  ? never
  : { readonly [Key in keyof T]: Frozen<T[Key]> };

/** A dashboard in Grafana's classic schema (10 and later), as plain frozen data with sorted keys. */
export type DashboardJson = Frozen<Dashboard>;
