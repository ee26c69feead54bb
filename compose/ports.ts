import { createServer } from 'node:net';

/** A TCP port of 127.0.0.1 that is free now: `wanted` where nobody has it, else one the system picks. */
export async function freePort(wanted = 0): Promise<number> {
  const port = await tryPort(wanted);
  if (port !== undefined) return port;
  const any = await tryPort(0);
  if (any === undefined) throw new Error('looking for a free port on 127.0.0.1: the system has none to give');
  return any;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise(resolve => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
