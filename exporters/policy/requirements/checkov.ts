/** Checkov's checks (github.com/bridgecrewio/checkov, by the id in each check's own file). */
import { type EngineRules, ids } from './requirement.ts';

export const checkov: EngineRules = {
  // Buckets, and databases and snapshots that the internet reaches.
  no_public_storage: [
    ...ids('CKV_AWS_', 17, 20, 53, 54, 55, 56, 57, 70, 87, 102, 302, 375, 392),
    'CKV2_AWS_6',
    ...ids('CKV_AZURE_', 34, 35, 53, 59, 68, 113, 190),
    'CKV2_AZURE_8',
    ...ids('CKV_GCP_', 11, 15, 28, 100, 114),
  ],
  non_root_containers: [...ids('CKV_K8S_', 6, 23, 40), ...ids('CKV_DOCKER_', 3, 8)],
  required_cost_tags: ['CKV_AWS_153'],
  // That it is encrypted at all; whose key it is, is another question.
  encryption_at_rest: [
    ...ids('CKV_AWS_', 3, 5, 8, 16, 19, 26, 27, 29, 42, 43, 44, 47, 58, 64, 74, 77, 78, 94, 96, 98, 99),
    ...ids('CKV_AWS_', 106, 140, 146, 155, 156, 159, 235, 240, 253, 255, 279, 292, 308, 311, 349, 350),
    ...ids('CKV2_AWS_', 2, 34),
    ...ids('CKV_AZURE_', 2, 73, 74, 97, 105, 151, 241),
    ...ids('CKV2_AZURE_', 14, 25),
    'CKV_K8S_104',
  ],
  tls_in_transit: [
    ...ids('CKV_AWS_', 2, 6, 30, 31, 34, 83, 90, 97, 103, 105, 112, 127, 174, 202, 206, 213, 215, 218, 220, 228),
    ...ids('CKV_AWS_', 239, 259, 351, 357, 365, 369, 376, 378, 379, 380),
    ...ids('CKV2_AWS_', 20, 49, 54, 69, 72),
    ...ids('CKV_AZURE_', 3, 14, 15, 28, 29, 44, 47, 52, 54, 70, 91, 145, 147, 148, 153, 154, 161, 173, 205, 215, 223),
    ...ids('CKV2_AZURE_', 30, 37, 55),
    ...ids('CKV_GCP_', 4, 6, 97),
  ],
  no_privileged_access: [
    ...ids('CKV_K8S_', 1, 2, 3, 4, 5, 7, 16, 17, 18, 19, 20, 24, 25, 26, 27, 28, 36, 37, 39),
    ...ids('CKV_AWS_', 210, 316, 334, 335),
  ],
  resource_limits: ids('CKV_K8S_', 10, 11, 12, 13),
  trusted_images: [...ids('CKV_K8S_', 14, 43), 'CKV_DOCKER_7', 'CKV_AWS_51'],
  no_secrets_in_configuration: [
    'CKV_SECRET_*',
    ...ids('CKV_AWS_', 41, 45, 46, 295),
    ...ids('CKV_AZURE_', 45, 239),
    'CKV_K8S_35',
    'CKV_GHA_3',
  ],
  least_privilege: [
    ...ids('CKV_AWS_', 1, 24, 25, 33, 38, 39, 49, 60, 61, 62, 63, 72, 88, 107, 108, 109, 110, 111, 260, 277, 283),
    ...ids('CKV_AWS_', 286, 287, 288, 289, 290, 348, 352, 355, 356),
    ...ids('CKV2_AWS_', 40, 56, 68),
    ...ids('CKV_AZURE_', 9, 10, 11, 39, 77, 119, 141),
    ...ids('CKV_GCP_', 2, 3, 18, 40, 42, 44, 45, 46, 47, 49, 75, 88, 106, 115, 116, 117),
    ...ids('CKV_K8S_', 38, 41, 42, 49, 155, 156, 157, 158),
    ...ids('CKV2_K8S_', 1, 2, 3, 4, 5, 6),
    'CKV2_GHA_1',
  ],
};
