/** The errors of the Kubernetes client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  KUBERNETES_NOT_IN_CLUSTER: {
    sentence: 'found no Kubernetes cluster: server is not given, and {variable} is not set',
    remedy: 'give server, token_file and ca_file, or run in a pod that has a service account',
    kind: 'usage',
  },
  KUBERNETES_FILE: {
    sentence: 'could not read {path}, the {what} for Kubernetes: {reason}',
    remedy: 'check that it is mounted there and readable (automountServiceAccountToken), or name another file',
    needsPerson: true,
  },
  KUBERNETES_UNAUTHORIZED: {
    sentence: 'the credentials were refused by Kubernetes at {url} with 401: {said}',
    remedy:
      'check that the token has not expired and is of this cluster; a token_file is read anew at every request; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  KUBERNETES_FORBIDDEN: {
    sentence: 'the credentials may not read {url} of Kubernetes: {said}',
    remedy:
      'bind a ClusterRole with the verbs get, list and watch on that resource to the service account; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  KUBERNETES_ANSWER: {
    sentence: 'could not understand what Kubernetes answered at {url}: {reason}',
    remedy:
      'nothing was changed; check that server is the address of an API server, and report it where it comes again',
    kind: 'remote',
  },
  KUBERNETES_WATCH: {
    sentence: 'the watch of {url} was ended by Kubernetes with {status}: {said}',
    remedy: 'it goes on with the next refresh from where it was; report it where it comes again',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
