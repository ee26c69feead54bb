import type { Config } from '../../config.ts';
import type { OtlpTarget } from '../../core/otlp.ts';

/** The configured endpoint as the pusher wants it. */
export function otlpTargetOf(otlp: NonNullable<Config['otlp']>): OtlpTarget {
  const { name, endpoint, headers, secret_headers, basic_auth, bearer_token, interval, timeout, compression } = otlp;
  const url = new URL(endpoint);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/v1/metrics') ? path : `${path}/v1/metrics`;
  const basic = basic_auth && Buffer.from(`${basic_auth.username}:${basic_auth.password ?? ''}`).toString('base64');
  return {
    name,
    url: url.href,
    headers: {
      ...headers,
      ...Object.fromEntries(secret_headers.map(({ name: header, secret = '' }) => [header, secret])),
      ...(basic ? { authorization: `Basic ${basic}` } : {}),
      ...(bearer_token ? { authorization: `Bearer ${bearer_token}` } : {}),
    },
    compression,
    intervalSeconds: interval,
    timeoutSeconds: timeout ?? Math.min(10, interval),
    resourceAttributes: otlp.resource_attributes,
  };
}
