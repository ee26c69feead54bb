/**
 * Where a repository may be cloned from. Git runs programs for some addresses (`ext::…`) and takes one that begins with
 * a dash for an option, so an address is one of the forms below or none.
 */

const protocols = ['https', 'ssh', 'git', 'file'] as const;
const loopback = /^(localhost|127(\.\d+){3}|\[::1\])$/;
/** user@host:path, which is no URL. */
const scpLike = /^(?:[\w.-]+@)?(?<host>\w[\w.-]*):(?<path>[^:/\s][^\s]*|\/[^/\s][^\s]*)$/;

const expected = 'expected an address such as https://github.com/acme/shop or git@github.com:acme/shop.git';

/** What is wrong with an address, as the configuration's messages say it; undefined where nothing is. */
export function addressFault(address: string): string | undefined {
  // What git and URL read differently is none either: backslashes, no host.
  if (/^-|[\p{Cc}\s\\]|^(?!file:)[a-z]+:\/\/\//u.test(address)) return expected;
  const scp = scpLike.exec(address);
  if (scp && !address.includes('://')) return scp.groups?.path?.startsWith('-') ? expected : undefined;
  if (!/^[a-z]+:\/\//.test(address) || !URL.canParse(address)) return expected;
  const url = new URL(address);
  if (url.password !== '')
    return 'has a password in it, which git would keep in the clone; expected username and token beside it';
  if (url.search !== '' || url.hash !== '') return expected;
  const protocol = url.protocol.slice(0, -1);
  if (protocol === 'http')
    return loopback.test(url.hostname) ? undefined : 'sends what is read, and the token, in the clear; expected https';
  if (!(protocols as readonly string[]).includes(protocol)) return `expected one of ${protocols.join(', ')}`;
  if (protocol === 'file' ? url.host !== '' || url.pathname === '/' : /^-|^$/.test(url.hostname)) return expected;
  return url.pathname.startsWith('/-') || decodeURIComponent(url.username).startsWith('-') ? expected : undefined;
}

/** The protocols that git may use for it, also where a server sends it elsewhere. */
export const protocolsFor = (address: string): string =>
  [...protocols, ...(address.startsWith('http://') ? ['http'] : [])].join(':');

/** The part of an https address that a credential belongs to; undefined for other protocols. */
export function credentialHost(address: string): string | undefined {
  if (!/^https?:\/\//.test(address)) return undefined;
  const { protocol, host } = new URL(address);
  return `${protocol}//${host}`;
}
