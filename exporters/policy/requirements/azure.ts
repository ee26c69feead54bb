/** Azure Policy's built-in definitions (github.com/Azure/azure-policy, by the definition's name). */
import type { EngineRules } from './requirement.ts';

/** A definition's name, where an engine writes the whole resource id as well. */
const definitions = (...names: readonly string[]): string[] =>
  names.flatMap(name => [name, `*/policyDefinitions/${name}`]);

export const azurePolicy: EngineRules = {
  no_public_storage: definitions(
    '4fa4b6c0-31ca-4c0d-b10d-24b96f62a751', // Storage account public access should be disallowed
    'b2982f36-99f2-4db5-8eff-283140c09693', // Storage accounts should disable public network access
    '34c877ad-507e-4c82-993e-3452a6e0ad3c', // Storage accounts should restrict network access
    '8405fdab-1faf-48aa-b702-999c9c172094', // Managed disks should disable public network access
    '1b8ca024-1d5c-4dec-8995-b1a932b41780', // Public network access on Azure SQL Database should be disabled
    '9dfea752-dd46-4766-aed1-c355fa93fb91', // Azure SQL Managed Instances should disable public network access
    '797b37f7-06b8-444c-b1ad-fc62867f335a', // Azure Cosmos DB should disable public network access
    'd9844e8a-1437-4aeb-a32c-0c992f056095', // Public network access should be disabled for MySQL servers
    'b52376f7-9612-48a1-81cd-1ffe4b61032c', // Public network access should be disabled for PostgreSQL servers
  ),
  non_root_containers: definitions(
    'f06ddb64-5fa3-4b77-b166-acb36f7f6042', // pods and containers should only run with approved user and group IDs
    '5485eac0-7e8f-4964-998b-a44f4f0c1e75', // Windows containers should not run as ContainerAdministrator
  ),
  required_cost_tags: definitions(
    '871b6d14-10aa-478d-b590-94f262ecfa99', // Require a tag on resources
    '1e30110a-5ceb-460c-a204-c1c3969c6d62', // Require a tag and its value on resources
    '96670d01-0a4d-4649-9c89-2d3abc0a5025', // Require a tag on resource groups
    '8ce3da23-7156-49e4-b145-24f95f9dcb46', // Require a tag and its value on resource groups
  ),
  encryption_at_rest: definitions(
    '17k78e20-9358-41c9-923c-fb736d382a12', // Transparent Data Encryption on SQL databases should be enabled
    'fc4d8e41-e223-45ea-9bf5-eada37891d87', // Virtual machines and scale sets should have encryption at host enabled
    '41425d9f-d1a5-499a-9932-f8ed8453932c', // Temp disks and cache for agent node pools should be encrypted at host
    '4733ea7b-a883-42fe-8cac-97454c2a9e4a', // Storage accounts should have infrastructure encryption
    '3a58212a-c829-4f13-9872-6371df2fd0b4', // Infrastructure encryption should be enabled for MySQL servers
    '24fba194-95d6-48c0-aea7-f65bf859c598', // Infrastructure encryption should be enabled for PostgreSQL servers
    'fb74e86f-d351-4b8d-b034-93da7391c01f', // App Service Environment should have internal encryption enabled
  ),
  tls_in_transit: definitions(
    '404c3081-a854-4457-ae30-26a93ef643f9', // Secure transfer to storage accounts should be enabled
    'fe83a0eb-a853-422d-aac2-1bffd182c5d0', // Storage accounts should have the specified minimum TLS version
    'a4af4a39-4135-47fb-b175-47fbdf85311d', // App Service apps should only be accessible over HTTPS
    'ae1b9a8c-dfce-4605-bd91-69213b4a26fc', // App Service app slots should only be accessible over HTTPS
    'f0e6e85b-9b9f-4a4b-b67b-f730d42f1b0b', // App Service apps should use the latest TLS version
    '6d555dd1-86f2-4f1c-8ed7-5abae7c6cbab', // Function apps should only be accessible over HTTPS
    'f9d614c5-c173-4d56-95a7-b4437057d193', // Function apps should use the latest TLS version
    'd6545c6b-dd9d-4265-91e6-0b451e2f1c50', // App Service Environment should have TLS 1.0 and 1.1 disabled
    '32e6bbec-16b6-44c2-be37-c5b672d103cf', // Azure SQL Database should be running TLS version 1.2 or newer
    'a8793640-60f7-487c-b5c3-1d37215905c4', // SQL Managed Instance should have the minimal TLS version of 1.2
    'e802a67a-daf5-4436-9ea6-f6d821dd0c5d', // Enforce SSL connection should be enabled for MySQL servers
    'd158790f-bfb0-486c-8631-2dc6b4e8e6af', // Enforce SSL connection should be enabled for PostgreSQL servers
    '1a5b4dca-0b6f-4cf5-907c-56316bc1bf3d', // Kubernetes clusters should be accessible only over HTTPS
  ),
  no_privileged_access: definitions(
    '95edb821-ddaf-4404-9732-666045e056b4', // Kubernetes cluster should not allow privileged containers
    '1c6e92c9-99f0-4e55-9cf2-0c234dc48f99', // Kubernetes clusters should not allow container privilege escalation
    '47a1ee2f-2a2a-4576-bf2a-e0e36709c2b8', // containers should not share host namespaces
    '098fc59e-46c7-4d99-9b16-64990e543d75', // pod hostPath volumes should only use allowed host paths
    '82985f06-dc18-4a48-bc1c-b9f4f0098cfe', // pods should only use approved host network and port list
    'c26596ff-4d70-4e6a-9a30-c2506bd2f80c', // containers should only use allowed capabilities
    'd2e7ea85-6b44-4317-a0be-1b951587f626', // clusters should not grant CAP_SYS_ADMIN
    'a27c700f-8a22-44ec-961c-41625264370b', // clusters should not use specific security capabilities
  ),
  resource_limits: definitions(
    'e345eecc-fa47-480f-9e88-67dcc122b164', // containers CPU and memory limits should not exceed the specified limits
  ),
  trusted_images: definitions(
    'febd0533-8e55-448f-b837-bd0e06f16469', // containers should only use allowed images
    '021f8078-41a0-40e6-81b6-c6597da9f3ee', // container images should not include latest image tag
    'cf426bb8-b320-4321-8545-1b784a5df3a4', // clusters should only use images signed by notation
  ),
  no_secrets_in_configuration: definitions(
    '3ac7c827-eea2-4bde-acc7-9568cd320efa', // Machines should have secret findings resolved
  ),
  least_privilege: definitions(
    'a451c1ef-c6ca-483d-87ed-f49761e3ffb5', // Audit usage of custom RBAC roles
    '4f11b553-d42e-4e3a-89be-32ca364cad4c', // A maximum of 3 owners should be designated for your subscription
    '339353f6-2387-4a45-abe4-7f529d121046', // Guest accounts with owner permissions should be removed
    '0cfea604-3201-4e14-88fc-fae4c427a6c5', // Blocked accounts with owner permissions should be removed
    'ac4a19c2-fa67-49b4-8ae5-0b2e78c49457', // RBAC should be used on Kubernetes Services
    '12d4fa5e-1f9f-4c21-97a9-b99b3c6611b5', // Azure Key Vault should use RBAC permission model
    'a3dc4946-dba6-43e6-950d-f96532848c9f', // the cluster-admin role is only used where required
    'ca8d5704-aa2b-40cf-b110-dc19052825ad', // clusters should minimize wildcard use in role and cluster role
    '423dd1ba-798e-40e4-9c4d-b6902674b423', // clusters should disable automounting API credentials
    '83a86a26-fd1f-447c-b59d-e51f44264114', // Network interfaces should not have public IPs
    '22730e10-96f6-4aac-ad84-9383d35b5917', // Management ports should be closed on your virtual machines
    '9daedab3-fb2d-461e-b861-71790eead4f6', // All network ports should be restricted on network security groups
    'e71308d3-144b-4262-b144-efdc3cc90517', // Subnets should be associated with a Network Security Group
  ),
};
