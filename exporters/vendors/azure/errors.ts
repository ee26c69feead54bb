/** The errors of the Azure client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  AZURE_CREDENTIALS_MISSING: {
    sentence: 'found no Azure credentials: {missing} is not set',
    remedy:
      'give tenant_id, client_id and client_secret, or run with a managed identity or with workload identity (AZURE_FEDERATED_TOKEN_FILE)',
    kind: 'usage',
  },
  AZURE_TOKEN_FILE: {
    sentence: 'could not read the federated token {path}: {reason}',
    remedy: 'check that the service account token is mounted there and readable',
    needsPerson: true,
  },
  AZURE_TOKEN_REFUSED: {
    sentence: 'got no Azure token for {identity}: {url} answered {status}: {said}',
    remedy:
      'check the tenant, the client and whether its secret or federated credential has expired; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  AZURE_UNAUTHORIZED: {
    sentence: 'a fresh Azure token of {identity} was refused: {url} answered 401: {said}',
    remedy:
      'check that the token is for this cloud (sovereign clouds have login and management endpoints of their own) and this tenant',
    kind: 'remote',
    needsPerson: true,
  },
  AZURE_FORBIDDEN: {
    sentence: '{identity} may not read {url}: {said}',
    remedy:
      'give it the role "Reader" on the scope, for costs "Cost Management Reader" is enough; a new role takes up to 10 minutes',
    kind: 'remote',
    needsPerson: true,
  },
  AZURE_NEXT_LINK: {
    sentence: 'the next page of {url} is on another server: {next}',
    remedy: 'check management_endpoint; a token is sent to that server alone',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
