/**
 * FOCUS's ServiceCategory by AWS product code; a product that is not here is `Other`. Source: FOCUS 1.2, ServiceCategory;
 * AWS Price List, service codes.
 */
const productCodes = {
  'AI and Machine Learning': [
    ...['AmazonBedrock', 'AmazonSageMaker', 'AmazonRekognition', 'comprehend', 'AmazonTextract', 'translate'],
    ...['AmazonPolly', 'AmazonLex', 'AmazonKendra', 'transcribe', 'AmazonPersonalize', 'AmazonQ'],
  ],
  Analytics: [
    ...['AmazonAthena', 'AWSGlue', 'ElasticMapReduce', 'AmazonKinesis', 'AmazonKinesisFirehose', 'AmazonQuickSight'],
    ...['AmazonES', 'AmazonKinesisAnalytics', 'AWSLakeFormation', 'AmazonDataZone', 'AmazonCloudSearch'],
  ],
  'Business Applications': ['AmazonConnect', 'AmazonWorkMail', 'AmazonWorkDocs', 'AmazonChime', 'AmazonSES'],
  Compute: [
    ...['AmazonEC2', 'AWSLambda', 'AmazonECS', 'AmazonEKS', 'AmazonECR', 'AmazonLightsail', 'AWSElasticBeanstalk'],
    ...['AWSBatch', 'AWSAppRunner', 'ComputeSavingsPlans', 'AWSOutposts', 'AmazonECRPublic'],
  ],
  Databases: [
    ...['AmazonRDS', 'AmazonDynamoDB', 'AmazonElastiCache', 'AmazonRedshift', 'AmazonDocDB', 'AmazonNeptune'],
    ...['AmazonMemoryDB', 'AmazonTimestream', 'AmazonMCS', 'AmazonDAX', 'AWSDatabaseMigrationSvc', 'AmazonSimpleDB'],
  ],
  'Developer Tools': ['CodeBuild', 'AWSCodePipeline', 'AWSCodeCommit', 'AWSCodeArtifact', 'AWSXRay', 'AWSCodeDeploy'],
  Identity: ['AmazonCognito', 'AWSDirectoryService', 'AWSIAMAccessAnalyzer', 'AmazonVerifiedPermissions'],
  Integration: [
    ...['AmazonSNS', 'AWSQueueService', 'AmazonMQ', 'AmazonStates', 'AWSEvents', 'AmazonMSK', 'AWSAppSync'],
    ...['AmazonApiGateway', 'AmazonSWF', 'AmazonAppFlow', 'AmazonMWAA'],
  ],
  'Internet of Things': ['AWSIoT', 'AWSIoTCore', 'AWSGreengrass', 'AWSIoTAnalytics', 'AWSIoTDeviceManagement'],
  'Management and Governance': [
    ...[
      'AmazonCloudWatch',
      'AWSCloudTrail',
      'AWSConfig',
      'AWSSystemsManager',
      'AWSServiceCatalog',
      'AWSCloudFormation',
    ],
    ...['AWSSupportBusiness', 'AWSSupportEnterprise', 'AWSDeveloperSupport', 'OCBPremiumSupport', 'AWSCostExplorer'],
    ...['AmazonGrafana', 'AmazonPrometheus', 'AWSControlTower', 'AWSBudgets'],
  ],
  Media: ['AWSElementalMediaConvert', 'AWSElementalMediaLive', 'AmazonIVS', 'AmazonETS', 'AWSElementalMediaPackage'],
  Migration: [
    'AWSTransfer',
    'AWSDataSync',
    'AWSMigrationHub',
    'AWSApplicationMigrationSvc',
    'IngestionServiceSnowball',
  ],
  Mobile: ['AWSDeviceFarm', 'AmazonPinpoint'],
  Networking: [
    ...['AmazonVPC', 'AWSELB', 'AmazonCloudFront', 'AmazonRoute53', 'AWSDirectConnect', 'AWSDataTransfer'],
    ...['AWSGlobalAccelerator', 'AWSTransitGateway', 'AWSCloudMap', 'AWSNetworkFirewall', 'AWSAppMesh'],
  ],
  Security: [
    ...[
      'awskms',
      'AWSSecretsManager',
      'AmazonGuardDuty',
      'awswaf',
      'AWSShield',
      'AmazonInspector',
      'AmazonInspectorV2',
    ],
    ...['AmazonMacie', 'AWSSecurityHub', 'CloudHSM', 'AWSCertificateManager', 'AmazonDetective', 'AWSFMS'],
  ],
  Storage: [
    ...[
      'AmazonS3',
      'AmazonEFS',
      'AmazonFSx',
      'AmazonGlacier',
      'AWSBackup',
      'AWSStorageGateway',
      'AmazonS3GlacierDeepArchive',
    ],
  ],
  Web: ['AWSAmplify'],
} as const;

/** Category by product code. */
export const serviceCategories: ReadonlyMap<string, string> = new Map(
  Object.entries(productCodes).flatMap(([category, codes]) => codes.map(code => [code, category] as const)),
);
