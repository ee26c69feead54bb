/**
 * The environment that git runs in: asks nobody for anything, reads no variable of a session around us, and hands
 * credentials over without their standing in arguments, in the clone's configuration or in an error.
 */
import { credentialHost, protocolsFor } from './address.ts';
import type { GitConfig } from './config.ts';

export type Environment = Readonly<Record<string, string>>;
export type Credentials = Pick<
  GitConfig,
  'username' | 'token' | 'credentials_file' | 'ssh_key_file' | 'known_hosts_file'
>;

/** Of the variables for git those alone that tell how a network is reached; not GIT_DIR, nor GIT_TRACE_CURL. */
const kept = /^(?!GIT_|SSH_ASKPASS)|^GIT_(SSL_|SSH|HTTP_|PROXY|EXEC_PATH$)/;

const quiet: Readonly<Record<string, string>> = {
  'core.askPass': '',
  'core.fsmonitor': 'false',
  'core.hooksPath': '/dev/null',
  'fetch.writeCommitGraph': 'true',
  'gc.autoDetach': 'false',
  'http.lowSpeedLimit': '100',
  'http.lowSpeedTime': '120',
  'i18n.logOutputEncoding': 'UTF-8',
  'log.showRoot': 'true',
  'log.showSignature': 'false',
  'maintenance.autoDetach': 'false',
};

/** For reading what is on this machine. `ceiling` is the folder above the repository: no other is looked for there. */
export function readingEnvironment(ceiling: string | undefined): Environment {
  return environment({ GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1' }, quiet, ceiling);
}

/** For asking a remote. The token answers for the address's own host alone. */
export function remoteEnvironment(address: string, credentials: Credentials, ceiling: string): Environment {
  const { username, token, credentials_file, ssh_key_file, known_hosts_file } = credentials;
  const host = credentialHost(address);
  const variables: Record<string, string> = { GIT_ALLOW_PROTOCOL: protocolsFor(address) };
  const settings: (readonly [string, string])[] = Object.entries(quiet);
  if (host !== undefined && (token ?? credentials_file) !== undefined) {
    // An empty one first: the helpers of the machine are not asked, nor told what is ours.
    settings.push(['credential.helper', '']);
    if (token !== undefined) {
      variables.PLUMBLINE_GIT_USERNAME = username;
      variables.PLUMBLINE_GIT_TOKEN = token;
      const say = `printf 'username=%s\\npassword=%s\\n' "$PLUMBLINE_GIT_USERNAME" "$PLUMBLINE_GIT_TOKEN"`;
      settings.push([`credential.${host}.helper`, `!f() { test "$1" = get && ${say}; }; f`]);
    } else {
      variables.PLUMBLINE_GIT_CREDENTIALS = credentials_file ?? '';
      const say = 'git credential-store --file "$PLUMBLINE_GIT_CREDENTIALS" get';
      settings.push([`credential.${host}.helper`, `!f() { test "$1" = get && ${say}; }; f`]);
    }
  }
  const ssh = [
    ...['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=30'],
    ...(ssh_key_file === undefined ? [] : ['-i', ssh_key_file, '-o', 'IdentitiesOnly=yes']),
    ...(known_hosts_file === undefined ? [] : ['-o', `UserKnownHostsFile="${known_hosts_file}"`]),
  ];
  const own = process.env.GIT_SSH_COMMAND ?? process.env.GIT_SSH;
  if (own === undefined || ssh_key_file !== undefined) variables.GIT_SSH_COMMAND = ssh.map(quoted).join(' ');
  return environment(variables, settings, ceiling);
}

function environment(
  own: Readonly<Record<string, string>>,
  settings: Readonly<Record<string, string>> | readonly (readonly [string, string])[],
  ceiling: string | undefined,
): Environment {
  const pairs = Array.isArray(settings) ? settings : Object.entries(settings);
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env))
    if (value !== undefined && kept.test(name)) result[name] = value;
  Object.assign(result, {
    ...{ LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '', SSH_ASKPASS: '', GCM_INTERACTIVE: 'never' },
    ...{ GIT_OPTIONAL_LOCKS: '0', GIT_NO_REPLACE_OBJECTS: '1', GIT_PAGER: 'cat' },
    // Else git writes each record of a log to a pipe by itself, and wakes us for it.
    GIT_FLUSH: '0',
    ...(ceiling === undefined ? {} : { GIT_CEILING_DIRECTORIES: ceiling }),
    ...own,
    GIT_CONFIG_COUNT: String(pairs.length),
  });
  pairs.forEach(([key, value], index) => {
    result[`GIT_CONFIG_KEY_${index}`] = key;
    result[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  return result;
}

/** For the shell, which git runs ssh by. */
const quoted = (word: string) => (/^[\w=/.-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);
