/** What an object says that it is, whatever else stands in the place of those words. */

export interface Untyped {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
}

export function typeOf({ apiVersion, kind }: Untyped): {
  readonly apiVersion: string;
  /** '' of core/v1. */
  readonly group: string;
  readonly kind: string;
} {
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  return {
    apiVersion: version,
    group: version.includes('/') ? version.slice(0, version.indexOf('/')) : '',
    kind: typeof kind === 'string' ? kind : '',
  };
}
