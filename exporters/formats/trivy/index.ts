/** Reports of Trivy and trivy-operator. */
export {
  isTrivy,
  osOfTarget,
  type TrivyReport,
  type TrivyResource,
  type TrivyResult,
  trivyReports,
} from './document.ts';
export {
  isOperator,
  type OperatorObject,
  objectFrom,
  operatorGroup,
  operatorKinds,
  operatorObjects,
} from './operator.ts';
