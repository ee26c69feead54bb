/** The HTTP server by the web configuration file, which is read anew when it, or a file that it names, has changed. */
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket, TlsOptions } from 'node:tls';
import type { Request, RequestHandler } from 'express';
import type { Logger } from 'pino';
import { readWebConfig, stampOf, type WebConfig, type WebTls } from './config.ts';
import { type Compare, createUsers } from './users.ts';

export interface Web {
  readonly isTls: boolean;
  /** Sets headers, and refuses whoever is no user; `isKnown` lets those in who have a token of ours. */
  readonly guard: (isKnown: (request: Request) => boolean) => RequestHandler;
  readonly createServer: (listener: http.RequestListener) => http.Server | https.Server;
}

const lookMs = 1000;

/** Errors: WEB_CONFIG_UNREADABLE, WEB_CONFIG_INVALID. */
export async function openWeb(file: string, log: Logger, compare?: Compare): Promise<Web> {
  let config = readWebConfig(file);
  let stamp = stampOf(config);
  let lookedAt = performance.now();
  const isTls = config.tls !== undefined;
  const users = createUsers(compare);
  let server: http.Server | https.Server | undefined;

  /** The configuration as it is now; what is wrong with a new one is logged, and the old one stays. */
  const current = (): WebConfig => {
    if (performance.now() - lookedAt < lookMs) return config;
    lookedAt = performance.now();
    const seen = stampOf(config);
    if (seen === stamp) return config;
    stamp = seen;
    try {
      const fresh = readWebConfig(file);
      if ((fresh.tls !== undefined) !== isTls) throw new Error('TLS is switched on or off by a restart alone');
      if (fresh.tls && server instanceof https.Server) server.setSecureContext(contextOf(fresh.tls));
      config = fresh;
      stamp = stampOf(config);
      log.info({ file }, 'the web configuration file was read anew');
    } catch (err) {
      log.error({ err, file }, 'could not read the web configuration file anew; the earlier one stays');
    }
    return config;
  };

  return {
    isTls,
    guard: isKnown => async (request, response, next) => {
      const { headers, users: known } = current();
      response.set(headers);
      if (Object.keys(known).length === 0 || isKnown(request)) return next();
      if ((await users.userOf(request.get('authorization'), known)) !== undefined) return next();
      response.set('www-authenticate', ['Basic realm="plumbline", charset="UTF-8"', 'Bearer realm="plumbline"']);
      response.status(401).json({ error: 'a user and a password are needed, or a token' });
    },
    createServer: listener => {
      if (config.tls === undefined) server = http.createServer(listener);
      else {
        const { clientAuth } = config.tls;
        server = https.createServer(
          {
            ...contextOf(config.tls),
            requestCert: clientAuth !== 'NoClientCert',
            rejectUnauthorized: clientAuth === 'RequireAndVerifyClientCert',
          },
          listener,
        );
        server.on('secureConnection', (socket: TLSSocket) => {
          if (config.tls && !isWelcome(socket, config.tls)) socket.destroy();
        });
      }
      server.on('connection', (_: Socket) => void current());
      return server;
    },
  };
}

const contextOf = ({ clientAuth: _, allowedSans: __, ...options }: WebTls): TlsOptions => options;

/** What a client's certificate has to be, beyond what the handshake refuses by itself. */
function isWelcome(socket: TLSSocket, { clientAuth, allowedSans }: WebTls): boolean {
  const certificate = socket.getPeerCertificate();
  const isGiven = Object.keys(certificate ?? {}).length > 0;
  if (clientAuth === 'RequireAnyClientCert' && !isGiven) return false;
  if (clientAuth === 'VerifyClientCertIfGiven' && isGiven && !socket.authorized) return false;
  if (allowedSans.length === 0 || clientAuth === 'NoClientCert') return true;
  const names = (certificate.subjectaltname ?? '')
    .split(', ')
    .map(name => name.replace(/^(DNS|IP Address|URI|email):/, ''));
  return allowedSans.some(name => names.includes(name));
}
