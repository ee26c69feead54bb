/** Takes secrets out of what is logged and shown. */

const secretName =
  /token|key|secret|pass|pwd|signature|^sig$|^sas$|auth(?!ors?(?:[^a-z]|$))|credential|cookie|session|assertion|jwt|^pat$|^code$/i;
const mask = '***';
/** Shorter ones are words that stand in many a sentence. */
const shortestRemembered = 8;

/** True where a header, a query parameter or an environment variable of this name is taken to hold a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name);

const remembered = new Set<string>();

/** What is secret whatever stands around it, such as a token of the configuration: masked in every text from now on. */
export function rememberSecrets(secrets: Iterable<string>): void {
  for (const secret of secrets) {
    if (secret.length < shortestRemembered) continue;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) remembered.add(form);
  }
}

// Quotes and backslashes end every match, so that a line of JSON stays one.
const userOfUrl = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#"'\\<>]*@/gi;
/** A password may hold a slash that nobody has encoded; digits before it are a port. */
const userWithSlash = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/?#:@"'\\<>]+:(?!\d+[/?#])[^\s@"'\\<>]*@/gi;
const userWithoutScheme = /(^|[\s"'(=,<]|\/\/)[^\s"'\\@:/?&=,<>]{1,100}:(?!\/\/|\d+[/?#])[^\s"'\\@]{1,500}@/g;
const assignment = /(^|[\s?&;,#({"'])([\w.~%-]{1,100})(=(?:~?["'])?|["']\s?:\s?["'])([^\s&;,#"'\\<>)}]+)/g;
const headerLine = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*(?:key|token|secret))(\s?:\s?)[^\r\n,"'\\]+/gi;
const scheme = /\b(Bearer|Basic)\s+(?=\S*[\d=])[\w.~+/=-]{6,}/g;

/**
 * Masks in any text what looks like a secret: the user of a URL, with a scheme or without; the value of a parameter,
 * header or key of a secret-like name (token, api_key, sig, X-Amz-Signature, AccountKey, …); what was remembered.
 */
export function maskSecrets(text: string): string {
  let masked = text;
  for (const secret of remembered) masked = masked.replaceAll(secret, mask);
  return masked
    .replace(userWithSlash, `$1${mask}@`)
    .replace(userOfUrl, `$1${mask}@`)
    .replace(userWithoutScheme, `$1${mask}@`)
    .replace(headerLine, `$1$2${mask}`)
    .replace(scheme, `$1 ${mask}`)
    .replace(
      assignment,
      (whole, before: string, name: string, equals: string, value: string, at: number, text: string) =>
        isSecretName(decoded(name)) && !isCodeOfAnswer(name, equals, value, text.slice(Math.max(0, at - 500), at + 1))
          ? `${before}${name}${equals}${mask}`
          : whole,
    );
}

/**
 * In JSON a bare code says what was wrong, and so does a label of a PromQL selector, which stands in quotes and braces; in
 * a query it is what OAuth logs in with: long, with letters and digits in one.
 */
function isCodeOfAnswer(name: string, equals: string, value: string, before: string): boolean {
  if (!/^code$/i.test(name)) return false;
  if (equals.includes(':')) return true;
  const isLabel = /["']$/.test(equals) && /\{[^{}]*$/.test(before);
  return isLabel && (value.match(/[\w/+=~-]+/g) ?? []).every(word => word.length <= 5 || /^[a-z_]+$/i.test(word));
}

/** The URL with its user information and the values of secret-like query parameters masked; its fragment is left out. */
export function redactUrl(url: string | URL): string {
  const text = String(url);
  // `user:password@host` is a URL too, whose scheme is the user.
  const parsed = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (!parsed)
    return maskSecrets(text.replace(/\S*@/, `${mask}@`).replace(/([?&#;][^=&#;\s]*=)[^&#;\s]*/g, `$1${mask}`));
  const query = [...parsed.searchParams].map(([name, value]) =>
    isSecretName(name) ? `${encodeURIComponent(name)}=${mask}` : new URLSearchParams([[name, value]]).toString(),
  );
  const user = parsed.username || parsed.password ? `${mask}@` : '';
  const search = query.length > 0 ? `?${query.join('&')}` : '';
  return `${parsed.protocol}//${user}${parsed.host}${parsed.pathname}${search}`;
}

/** The secrets among headers: the whole value, and what follows a scheme such as Bearer. */
export const secretsOfHeaders = (headers: Readonly<Record<string, string>>): string[] =>
  Object.entries(headers).flatMap(([name, value]) =>
    isSecretName(name) ? [value, ...value.split(/\s+/).slice(1)] : [],
  );

/** A function that masks, in any text, the URL's secrets and the values of secret-like headers. */
export function redactor(url: string | URL, headers: Readonly<Record<string, string>>): (text: string) => string {
  const raw = String(url);
  const parsed = URL.canParse(raw) ? new URL(raw) : undefined;
  const secrets = [
    ...secretsOfHeaders(headers),
    ...(parsed ? [parsed.password, decoded(parsed.password)] : []),
    ...[...(parsed?.searchParams ?? [])].flatMap(([name, value]) =>
      isSecretName(name) ? [value, encodeURIComponent(value)] : [],
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
