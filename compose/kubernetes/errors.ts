/** The errors of the manifests for Kubernetes. */
import { defineErrors, type ErrorCatalog } from '../../exporters/core/errors.ts';

export const errors = {
  KUBERNETES_SECRET_INLINE: {
    sentence: 'in {file} the key {keys} holds a secret itself, which would stand in a ConfigMap for everyone to read',
    remedy: 'name a file that holds it (the same key with _file), or an environment variable as $' + '{NAME}',
    kind: 'usage',
  },
  KUBERNETES_FILES_UNMOUNTED: {
    sentence: 'in {file} these keys name files that no pod has: {keys}',
    remedy:
      'name the volume that holds them under kubernetes.volumes, such as {path: bills, claim: bills}, or read them from a bucket or an API',
    kind: 'usage',
  },
  KUBERNETES_TOO_LARGE: {
    sentence: 'the ConfigMap {name} would have {bytes} bytes; a cluster takes 1048576',
    remedy: 'read the catalog from a Backstage server (catalog.backstage) instead of files',
    kind: 'usage',
  },
  KUBERNETES_WEB_CONFIG: {
    sentence: 'the web configuration file {file} can’t come into pods: {reason}',
    remedy: 'name its files relative to it, and the certificate by cert_file and key_file',
    kind: 'usage',
  },
  KUBERNETES_CONFIG_PART: {
    sentence: 'could not write the configuration of the exporter {exporter} out of {file}: {reason}',
    remedy: 'write the value out where another section’s anchor is used',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
