/** How any source authenticates to Azure: the `credentials` of a source in plumbline.yaml. */
import { z } from 'zod';

const text = z.string().trim().min(1);
const origin = z.url({ protocol: /^https?$/, error: 'expected an address such as https://management.azure.com' });

export const azureCredentialsSchema = z
  .strictObject({
    method: z
      .enum(['client_secret', 'managed_identity', 'workload_identity'])
      .optional()
      .describe(
        'How to authenticate. Unless given: client_secret where there is a secret, workload_identity where AZURE_FEDERATED_TOKEN_FILE is set, else managed_identity.',
      ),
    tenant_id: text.optional().describe('The directory (tenant); AZURE_TENANT_ID unless given.'),
    client_id: text
      .optional()
      .describe('The application, or a user-assigned managed identity; AZURE_CLIENT_ID unless given.'),
    client_secret: text.optional().describe('The application secret; better in client_secret_file.'),
    client_secret_file: text.optional().describe('A file that holds the application secret.'),
    federated_token_file: text
      .optional()
      .describe('The service account token of workload identity; AZURE_FEDERATED_TOKEN_FILE unless given.'),
    login_endpoint: origin
      .optional()
      .describe(
        'Where tokens are given; sovereign clouds have their own. AZURE_AUTHORITY_HOST, else https://login.microsoftonline.com, unless given.',
      ),
    management_endpoint: origin
      .default('https://management.azure.com')
      .describe('Where the Azure Resource Manager answers; sovereign clouds have their own.'),
  })
  .refine(({ method, client_secret }) => method !== 'client_secret' || client_secret !== undefined, {
    path: ['client_secret'],
    error: 'expected client_secret or client_secret_file',
  });

export type AzureCredentials = z.infer<typeof azureCredentialsSchema>;
