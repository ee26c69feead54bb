/**
 * The web configuration file of Prometheus' own programs and exporters: TLS, headers, users.
 * https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md
 */
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { SecureVersion } from 'node:tls';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { PlumblineError } from './errors.ts';

const text = z.string().min(1);

const versions = { TLS10: 'TLSv1', TLS11: 'TLSv1.1', TLS12: 'TLSv1.2', TLS13: 'TLSv1.3' } as const;
const version = z.enum(['TLS10', 'TLS11', 'TLS12', 'TLS13']);

export const clientAuthTypes = [
  ...['NoClientCert', 'RequestClientCert', 'RequireAnyClientCert', 'VerifyClientCertIfGiven'],
  'RequireAndVerifyClientCert',
] as const;

/** Of TLS 1.3, which a server can't be limited to: a list of suites is for versions up to 1.2. */
const always = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'];
/** Go's names of those that tls.CipherSuites() gives, and OpenSSL's. */
const ciphers: Readonly<Record<string, string>> = {
  ...Object.fromEntries(always.map(name => [name, name])),
  TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA: 'ECDHE-ECDSA-AES128-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA: 'ECDHE-ECDSA-AES256-SHA',
  TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA: 'ECDHE-RSA-AES128-SHA',
  TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA: 'ECDHE-RSA-AES256-SHA',
  TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256: 'ECDHE-ECDSA-AES128-GCM-SHA256',
  TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256: 'ECDHE-RSA-AES128-GCM-SHA256',
  TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384: 'ECDHE-ECDSA-AES256-GCM-SHA384',
  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384: 'ECDHE-RSA-AES256-GCM-SHA384',
  TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-ECDSA-CHACHA20-POLY1305',
  TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256: 'ECDHE-RSA-CHACHA20-POLY1305',
};
const curves = { CurveP256: 'prime256v1', CurveP384: 'secp384r1', CurveP521: 'secp521r1', X25519: 'X25519' } as const;

const tlsSchema = z
  .strictObject({
    cert_file: text.optional(),
    key_file: text.optional(),
    cert: text.optional(),
    key: text.optional(),
    client_auth_type: z.enum(clientAuthTypes).default('NoClientCert'),
    client_ca_file: text.optional(),
    client_ca: text.optional(),
    client_allowed_sans: z.array(text).default([]),
    cipher_suites: z.array(z.enum(Object.keys(ciphers))).default([]),
    curve_preferences: z.array(z.enum(['CurveP256', 'CurveP384', 'CurveP521', 'X25519'])).default([]),
    min_version: version.default('TLS12'),
    max_version: version.default('TLS13'),
    prefer_server_cipher_suites: z.boolean().default(true),
  })
  .refine(
    ({ cert, cert_file }) => (cert === undefined) !== (cert_file === undefined),
    'expected one of cert_file and cert',
  )
  .refine(({ key, key_file }) => (key === undefined) !== (key_file === undefined), 'expected one of key_file and key')
  .refine(({ client_ca, client_ca_file }) => client_ca === undefined || client_ca_file === undefined, {
    error: 'expected one of client_ca_file and client_ca',
  })
  .refine(
    ({ client_ca, client_ca_file, client_auth_type: type }) =>
      (client_ca === undefined && client_ca_file === undefined) || type !== 'NoClientCert',
    { path: ['client_auth_type'], error: 'expected a type beside client_ca: without one no certificate is asked for' },
  )
  .refine(
    ({ client_ca, client_ca_file, client_auth_type: type }) =>
      client_ca !== undefined || client_ca_file !== undefined || !type.includes('Verify'),
    { path: ['client_ca_file'], error: 'expected the authorities by which client certificates are verified' },
  );

const headers = z.strictObject({
  'Content-Security-Policy': text.optional(),
  'Strict-Transport-Security': text.optional(),
  'X-Content-Type-Options': z.literal('nosniff').optional(),
  'X-Frame-Options': z.enum(['deny', 'sameorigin']).optional(),
  'X-XSS-Protection': text.optional(),
});

const hash = z
  .string()
  .regex(/^\$2[abxy]\$\d\d\$[./A-Za-z0-9]{53}$/, 'expected a bcrypt hash, as htpasswd -nBC 10 "" makes');

const schema = z.strictObject({
  tls_server_config: tlsSchema.optional(),
  http_server_config: z.strictObject({ http2: z.boolean().default(true), headers: headers.default({}) }).prefault({}),
  basic_auth_users: z.record(text, hash).default({}),
});

export interface WebTls {
  readonly cert: string;
  readonly key: string;
  readonly ca?: string;
  readonly minVersion: SecureVersion;
  readonly maxVersion: SecureVersion;
  readonly ciphers?: string;
  readonly ecdhCurve?: string;
  readonly honorCipherOrder: boolean;
  readonly clientAuth: (typeof clientAuthTypes)[number];
  readonly allowedSans: readonly string[];
}

export interface WebConfig {
  readonly tls: WebTls | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user. */
  readonly users: Readonly<Record<string, string>>;
  /** Every file that it is made of, the file itself first. */
  readonly files: readonly string[];
}

export type WebFile = z.output<typeof schema>;

/**
 * What a text says, checked, and nothing read of the files that it names. Errors: WEB_CONFIG_INVALID, with `file` as the
 * name of where the text is from.
 */
export function parseWebConfig(text: string, file: string): WebFile {
  const document = parseDocument(text, { prettyErrors: false });
  const [broken] = document.errors;
  const invalid = (problems: string) => new PlumblineError('WEB_CONFIG_INVALID', { file, problems });
  if (broken) throw invalid(`- ${broken.code.toLowerCase().replaceAll('_', ' ')}`);
  const result = schema.safeParse(withoutNulls(document.toJS()) ?? {});
  if (result.success) return result.data;
  throw invalid(
    result.error.issues
      .map(issue =>
        issue.code === 'unrecognized_keys'
          ? `- ${[...issue.path, issue.keys.join(', ')].join('.')}: no such key`
          : `- ${issue.path.join('.') || 'tls_server_config'}: ${issue.message.replace(/, received .*$/, '')}`,
      )
      .join('\n'),
  );
}

/** Errors: WEB_CONFIG_UNREADABLE. */
export const readWebText = (file: string): string => read('the web configuration file', file);

/** Errors: WEB_CONFIG_UNREADABLE, WEB_CONFIG_INVALID. Paths are relative to the file. No value of it is ever told. */
export function readWebConfig(file: string): WebConfig {
  const {
    tls_server_config: tls,
    http_server_config: served,
    basic_auth_users: users,
  } = parseWebConfig(readWebText(file), file);
  const files = [file];
  const load = (what: string, name: string | undefined): string | undefined => {
    if (name === undefined) return undefined;
    const absolute = path.resolve(path.dirname(file), name);
    files.push(absolute);
    return read(what, absolute);
  };
  return {
    tls: tls && {
      cert: tls.cert ?? load('the certificate', tls.cert_file) ?? '',
      key: tls.key ?? load('the key', tls.key_file) ?? '',
      ...caOf(tls.client_ca ?? load('the authorities of clients', tls.client_ca_file)),
      minVersion: versions[tls.min_version],
      maxVersion: versions[tls.max_version],
      ...(tls.cipher_suites.length === 0
        ? {}
        : { ciphers: [...new Set([...always, ...tls.cipher_suites.map(name => ciphers[name] ?? '')])].join(':') }),
      ...(tls.curve_preferences.length === 0
        ? {}
        : { ecdhCurve: tls.curve_preferences.map(name => curves[name]).join(':') }),
      honorCipherOrder: tls.prefer_server_cipher_suites,
      clientAuth: tls.client_auth_type,
      allowedSans: tls.client_allowed_sans,
    },
    headers: Object.fromEntries(
      Object.entries(served.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
    users,
    files,
  };
}

/** A key with nothing behind it, as where all below it is a comment, is as one that isn't there. */
function withoutNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value ?? undefined;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => (each === null ? [] : [[key, withoutNulls(each)]])),
  );
}

const caOf = (ca: string | undefined) => (ca === undefined ? {} : { ca });

function read(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PlumblineError('WEB_CONFIG_UNREADABLE', { what, file, reason }, error);
  }
}

/** Changes where one of the files does. */
export const stampOf = ({ files }: Pick<WebConfig, 'files'>): string =>
  files
    .map(file => {
      try {
        const { mtimeMs, size, ino } = statSync(file);
        return `${mtimeMs} ${size} ${ino}`;
      } catch {
        return 'gone';
      }
    })
    .join();
