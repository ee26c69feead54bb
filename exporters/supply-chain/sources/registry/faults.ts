/** Which faults are of one image, and which of the registry as a whole. */
import { PlumblineError } from '../../../vendors/oci/errors.ts';

/** In snake_case, as looks and rejections say them. */
const ownFaults: Readonly<Record<string, string>> = {
  OCI_UNAUTHORIZED: 'unauthorized',
  OCI_FORBIDDEN: 'forbidden',
  OCI_DIGEST: 'digest_mismatch',
  OCI_TOO_LARGE: 'too_large',
  HTTP_TOO_LARGE: 'too_large',
  OCI_ANSWER: 'bad_answer',
  HTTP_NOT_JSON: 'bad_answer',
};

/** Why an image can't be looked at; throws what is no fault of its own. */
export function ownFault(error: unknown): string {
  const { code, details } = codeOf(error);
  const own = ownFaults[code];
  if (own !== undefined) return own;
  const status = Number(details?.status);
  if (code === 'HTTP_STATUS' && status < 500 && status !== 429 && status !== 408) return 'refused';
  throw error;
}

/** The credentials were refused, which may be so for all images. */
export const isRefusal = (error: unknown): boolean =>
  ['OCI_UNAUTHORIZED', 'OCI_FORBIDDEN'].includes(codeOf(error).code);

/** A registry that limits is asked no more in this refresh. */
export const isLimit = (error: unknown): boolean => {
  const { code, details } = codeOf(error);
  return code === 'HTTP_STATUS' && Number(details?.status) === 429;
};

/** It can't be reached, or is broken: the next image may be answered. */
export const isOutage = (error: unknown): boolean => {
  const { code, details } = codeOf(error);
  return (
    ['HTTP_FAILED', 'HTTP_TIMEOUT', 'HTTP_REDIRECT'].includes(code) ||
    (code === 'HTTP_STATUS' && Number(details?.status) >= 500)
  );
};

function codeOf(error: unknown): { readonly code: string; readonly details?: Readonly<Record<string, unknown>> } {
  return error instanceof PlumblineError ? error : { code: '' };
}
