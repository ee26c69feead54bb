/** Takes secrets out of what is logged and shown. */

const secretName = /token|key|secret|passw|signature|^sig$|auth|credential|cookie|^code$/i;
const mask = '***';

/** The URL with its user information and the values of secret-like query parameters masked; its fragment is left out. */
export function redactUrl(url: string | URL): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch {
    return String(url)
      .replace(/\/\/[^/@\s]*@/g, `//${mask}@`)
      .replace(/([?&][^=&\s]*=)[^&\s]*/g, `$1${mask}`);
  }
  const query = [...parsed.searchParams].map(([name, value]) =>
    secretName.test(name) ? `${encodeURIComponent(name)}=${mask}` : new URLSearchParams([[name, value]]).toString(),
  );
  const user = parsed.username || parsed.password ? `${mask}@` : '';
  const search = query.length > 0 ? `?${query.join('&')}` : '';
  return `${parsed.protocol}//${user}${parsed.host}${parsed.pathname}${search}`;
}

/** A function that masks, in any text, the URL's secrets and the values of secret-like headers. */
export function redactor(url: string | URL, headers: Readonly<Record<string, string>>): (text: string) => string {
  const raw = String(url);
  const parsed = URL.canParse(raw) ? new URL(raw) : undefined;
  const secrets = [
    ...Object.entries(headers).flatMap(([name, value]) =>
      secretName.test(name) ? [value, ...value.split(/\s+/).slice(1)] : [],
    ),
    ...(parsed ? [parsed.password, decoded(parsed.password)] : []),
    ...[...(parsed?.searchParams ?? [])].flatMap(([name, value]) =>
      secretName.test(name) ? [value, encodeURIComponent(value)] : [],
    ),
  ].filter(secret => secret.length >= 4);
  secrets.sort((a, b) => b.length - a.length);
  return text =>
    secrets.reduce((masked, secret) => masked.replaceAll(secret, mask), text.replaceAll(raw, redactUrl(url)));
}

/** Undoes percent encoding where it is well-formed. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
