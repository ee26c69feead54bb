/**
 * Severities of Checkov's checks, which says none without a key of its vendor's service. They are ours, by what a violation
 * leads to: critical where anybody gets in, or a secret lies open; high where one more mistake is enough; medium where data
 * is not protected as it should be; low where it is only harder to see or to mend. A check that is not here is `unknown`.
 */
import type { Severity } from '../../../findings/report.ts';

/** By the beginning of the ids, then numbers and ranges of them. */
const known: { readonly [Level in Severity]?: Readonly<Record<string, readonly string[]>> } = {
  critical: {
    CKV2_AWS_: ['40'],
    CKV_AWS_: ['1 20 41 45-46 57 62 70 295 302 348 375'],
    CKV_AZURE_: ['34 45 239'],
    CKV_GCP_: ['11 15 28'],
    CKV_GHA_: ['3'],
    CKV_K8S_: ['27 35'],
  },
  high: {
    CKV2_AWS_: ['6 56 66 68'],
    CKV2_AZURE_: ['8 39 47 50'],
    CKV2_GCP_: ['9 12'],
    CKV2_GHA_: ['1'],
    CKV2_K8S_: ['1-6'],
    CKV_ALI_: ['1 9'],
    CKV_AWS_: [
      '17 24-25 32-33 38-39 49 53-56 60-61 63 69 72 79 87-89 100 102 107-111 130 164 167-169 210 260 277',
      '283 286-290 301 303 316 333-335 352 355-356 371 387 389-392',
    ],
    CKV_AZURE_: [
      '1 9-11 35 39 48-49 53 59 64 68 77 89 101 104 106 108 113 119 124 134 138-139 141 143 162 174 185',
      '189-190 193 204 210 217 221-222 248 251',
    ],
    CKV_GCP_: ['2-3 18 40 42 44-47 49 60 75 88 98-103 106-107 113-117'],
    CKV_GHA_: ['2'],
    CKV_K8S_: ['1-5 7 16-20 24-26 28 36-39 41-42 49 68 138 155-158'],
    CKV_OCI_: ['10'],
  },
  medium: {
    CKV2_AWS_: ['2 5 7 12 14 19-22 28-29 33-34 37 41-44 47 49 51-52 54-55 57 69-70 72 76-78'],
    CKV2_AZURE_: ['3-4 6-7 13-14 19 23-27 29-34 37 40-45 49 51 55-57'],
    CKV2_DOCKER_: ['5-15 17'],
    CKV2_GCP_: ['2 10-11 18 28 32-34 36'],
    CKV_ALI_: ['6 12 22'],
    CKV_AWS_: [
      '2-3 5-6 8-16 19 26-27 29-31 34 42-44 47 51 58 64 68 74 77-78 81-83 90 93-94 96-99 103 105-106 112',
      '117 123 127 137 140 146 148 152 154-156 159 161-163 173-175 192 195-196 198 202 206 213-215 218',
      '220 228 235 239-240 248 250 253 255 257-259 272-274 279 291-292 304 306 308-309 311 321 331 336',
      '342 349-351 357-359 365-366 369-370 376 378-380 382 393',
    ],
    CKV_AZURE_: [
      '2-3 5-8 13-17 20 23 25 28-29 36 38 40-41 44 47 52 54-58 61 69-71 73-76 78-79 84-87 91 93 96-98',
      '105 107 109-112 114-115 117-118 120-123 126-128 130-131 133 135 145 147-149 151 153-154 158',
      '160-161 163-164 166 172-173 178 181 184 186 192 195-196 199 205 215-216 218-220 223 227 234-236',
      '241 245 249-250',
    ],
    CKV_DOCKER_: ['3 7-8'],
    CKV_GCP_: ['4 6-7 12-13 17 20 24-25 27 29 31-32 36 39 64-66 68 71 74 76-77 86-87 89 94-95 97 110 118 125-126'],
    CKV_GHA_: ['1 5-6'],
    CKV_GIT_: ['1-2 4-6'],
    CKV_K8S_: ['6 14 22-23 29-32 40 43 69-71 73-75 77 81 84 86 88-89 100 104 110 112 117-118 121 139 148-149'],
    CKV_OCI_: ['9'],
  },
  low: {
    CKV2_AWS_: ['4 8-11 15 18 27 30-31 35 38-39 50 58-64 71 73 75'],
    CKV2_AZURE_: ['1-2 11-12 15-17 20-22 35 38 48 53-54'],
    CKV2_GCP_: ['4-8 13-17 19-27 29-31 35'],
    CKV_ALI_: ['4-5 10-11 20 25 30 35-37'],
    CKV_AWS_: [
      '7 18 21-23 28 35-37 48 50 65-66 71 73 75-76 80 84-86 91-92 101 104 113 115-116 118-119 126 129',
      '133-136 138-139 141-142 144-145 147 149-150 153 157-158 160 165-166 171-172 176-187 189-191',
      '193-194 197 200-201 203-204 207 209 211-212 219 221-224 226-227 234 236 241-247 251 254 256',
      '261-271 278 280-282 284-285 293-294 296-298 300 310 312-314 317-318 322 324-328 337-339 343-345',
      '347 353-354 360-363 367-368 372-373 386 388',
    ],
    CKV_AZURE_: [
      '4 12 18-19 21-22 24 26-27 30-33 37 42 50 63 65-66 72 88 92 94 100 102 116 129 136 146 156 159 165',
      '167-171 177 179 182-183 201 206 212-213 226 230 232 240 244 246',
    ],
    CKV_DOCKER_: ['2 4 6 10-11'],
    CKV_GCP_: [
      '1 8-10 14 21 23 26 34-35 37-38 43 51-57 61-63 69-70 72 78-85 90-93 96 104-105 108-109 111-112 119',
      '121-123 127',
    ],
    CKV_GHA_: ['4 7'],
    CKV_K8S_: ['8-13 15 21 83 91-94 154'],
    CKV_OCI_: ['1 7-8'],
  },
};

const severities = new Map<string, Severity>();
for (const level of ['critical', 'high', 'medium', 'low'] as const)
  for (const [prefix, ranges] of Object.entries(known[level] ?? {}))
    for (const range of ranges.join(' ').split(' ')) {
      const [first = 0, last = first] = range.split('-').map(Number);
      for (let number = first; number <= last; number += 1) severities.set(`${prefix}${number}`, level);
    }

/** Checkov's secret scanner has a check for each kind of secret. */
export const checkovSeverity = (check: string): Severity =>
  severities.get(check) ?? (check.startsWith('CKV_SECRET_') ? 'critical' : 'unknown');
