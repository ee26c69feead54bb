/** Ports for the servers of tests. */
import { freePort as anyFreePort } from '../../compose/ports.ts';

/** Below those that Linux gives to whoever asks for any (`ip_local_port_range`): nobody gets them by chance. */
const first = 10_000;
const ofProcess = 64;
const processes = 350;
let given = 0;

/**
 * A TCP port of 127.0.0.1 that is free, and stays so until a server of this process has it: another test's server may
 * begin in between, on any port that the system picks, and each test process has its own.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < ofProcess; tries += 1) {
    const wanted = first + (process.pid % processes) * ofProcess + (given++ % ofProcess);
    if ((await anyFreePort(wanted)) === wanted) return wanted;
  }
  return anyFreePort();
}
