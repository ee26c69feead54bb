/** Bytes that may be compressed: reports and exports come as they are and gzipped alike. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

const inflate = promisify(gunzip);

export type GzipFault = 'truncated_gzip' | 'corrupt_gzip' | 'too_large';

/** The bytes themselves, uncompressed where they are gzip; never more than `mostBytes` of them. */
export async function gunzipped(bytes: Buffer, mostBytes: number): Promise<Buffer | GzipFault> {
  if (bytes.length < 2 || bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.length > mostBytes ? 'too_large' : bytes;
  try {
    return await inflate(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ERR_BUFFER_TOO_LARGE') return 'too_large';
    return code === 'Z_BUF_ERROR' ? 'truncated_gzip' : 'corrupt_gzip';
  }
}
