/** What Alertmanager gives our receivers of others' `global` (config.go of 0.31), and would send elsewhere than is meant. */
import type { Settings } from '../settings.ts';

interface FileValue {
  readonly global?: Readonly<Record<string, unknown>> | null;
}

/** A global app token wins over a receiver's `api_url_file`, and would post ours elsewhere. */
export function slackProblems({ global }: FileValue, { alerts }: Settings): readonly string[] {
  if (!global?.slack_app_token && !global?.slack_app_token_file) return [];
  return alerts.receivers
    .filter(({ slack }) => slack !== undefined)
    .map(({ team }) => `the global slack_app_token would replace the api_url_file of the team ${team}`);
}

/**
 * An e-mail without a user or a password of its own has the global ones: they would be sent to our mail server, which
 * need not be theirs. A server that takes mail from anybody is never sent any, so that naming some does no harm there.
 */
export function inheritedMail({ global }: FileValue, { alerts: { receivers, smtp } }: Settings) {
  const has = (...keys: readonly string[]): boolean => keys.some(key => Boolean(global?.[`smtp_auth_${key}`]));
  const [user, password] = [smtp?.auth_username, smtp?.auth_password_file];
  const isMailed = smtp !== undefined && receivers.some(({ email }) => email !== undefined);
  if (!isMailed || (user === undefined && !has('username'))) return { problems: [], notes: [] };
  const taken = [
    ...(user === undefined ? ['smtp_auth_username'] : []),
    ...(password === undefined && has('password', 'password_file') ? ['smtp_auth_password'] : []),
    ...(has('secret', 'secret_file') ? ['smtp_auth_secret'] : []),
  ];
  if (taken.length === 0) return { problems: [], notes: [] };
  const what = `e-mails of ours have the global ${taken.join(' and ')}`;
  const isTheirs = String(global?.smtp_smarthost ?? '').toLowerCase() === smtp.smarthost.toLowerCase();
  if (isTheirs) return { problems: [], notes: [`${what}, for alerts.smtp names the same server ${smtp.smarthost}`] };
  // a secret proves itself to a server without being sent there, and we have none of our own to name
  if (taken.join() === 'smtp_auth_secret')
    return { problems: [], notes: [`${what} where ${smtp.smarthost} asks for CRAM-MD5, which it will refuse`] };
  const remedy = 'name auth_username and auth_password_file in alerts.smtp, if only ones that nobody asks for';
  return { problems: [`${what}, which would be sent to ${smtp.smarthost}, another server; ${remedy}`], notes: [] };
}

/** Every receiver without an `http_config` of its own has the global one; theirs too, so that it may be meant. */
export function inheritedHttp({ global }: FileValue): readonly string[] {
  const config = global?.http_config;
  const given = typeof config === 'object' && config !== null ? Object.keys(config) : [];
  const credentials = given.filter(key =>
    /^(basic_auth|authorization|bearer_token(_file)?|oauth2|http_headers)$/.test(key),
  );
  if (credentials.length === 0) return [];
  const what = `the ${credentials.join(' and ')} of the global http_config`;
  return [`webhooks and other messages of ours are sent with ${what}, as all of the file are`];
}
