/** What went wrong with git, told from what it says. Its messages are untranslated: it runs with LC_ALL=C. */
import { PlumblineError } from '../../errors.ts';

/** In this order: a host that refuses may also say that the repository was not found. */
const signs = [
  ['GIT_NOT_TRUSTED', /dubious ownership/],
  ['GIT_UNREACHABLE', /could not resolve (host|proxy)|name or service not known|unable to look up|host key verif/i],
  ['GIT_UNREACHABLE', /failed to connect|connection (refused|timed out|reset)|couldn't connect|no route to host/i],
  [
    'GIT_UNREACHABLE',
    /ssl|certificate|gnutls|timed? ?out|temporary failure|network is unreachable|error: (429|5\d\d)/i,
  ],
  ['GIT_REFUSED', /authentication failed|could not read (username|password)|permission denied|access denied/i],
  ['GIT_REFUSED', /terminal prompts disabled|error: 40[13]|publickey|not authorized|invalid credentials/i],
  ['GIT_NOT_FOUND', /not a git repository|not appear to be a git repo|repository .*not found|error: 404|no such file/i],
  ['GIT_NOT_FOUND', /cannot change to|repository not exported|does not exist/i],
  ['GIT_BROKEN', /corrupt|bad (object|tree|signature)|missing (commit|tree|blob|object)|unable to read|loose object/i],
  [
    'GIT_BROKEN',
    /could not (read|parse)|inflate|invalid (object|sha1|index)|not our ref|failed to traverse|lazy fetch/i,
  ],
  [
    'GIT_BROKEN',
    /revision walk setup failed|bad config|unresolved deltas|early eof|reference broken|\.lock'|could not lock|unexpected line/i,
  ],
] as const;

type Code = (typeof signs)[number][0];

/** The error of a git process that has ended otherwise than well. `where` is the repository's path or address. */
export function gitFault(what: string, where: string, said: string, code: number | string): Error {
  const lines = said
    .split(/[\r\n]+/)
    .map(line => line.replace(/^(fatal|error|remote|warning): */, '').trim())
    .filter(line => line !== '');
  const all = lines.join('\n');
  const found: Code | undefined = signs.find(([, sign]) => sign.test(all))?.[0];
  const sign = signs.find(([, one]) => one.test(all))?.[1];
  const line = (sign && lines.find(one => sign.test(one))) ?? lines.at(-1) ?? `it ended with ${code}`;
  const details = { what, where, said: line.slice(0, 300) };
  return new PlumblineError(found ?? 'GIT_FAILED', details);
}
