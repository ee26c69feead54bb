package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/promql/parser"

	amv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/alertmanager/validation/v1alpha1"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus-operator/prometheus-operator/pkg/operator"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podutil "k8s.io/kubernetes/pkg/api/pod"
	"k8s.io/kubernetes/pkg/apis/apps"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	appsvalidation "k8s.io/kubernetes/pkg/apis/apps/validation"
	"k8s.io/kubernetes/pkg/apis/core"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	corev1conversion "k8s.io/kubernetes/pkg/apis/core/v1"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
	"k8s.io/kubernetes/pkg/apis/networking"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	networkingvalidation "k8s.io/kubernetes/pkg/apis/networking/validation"
	"k8s.io/kubernetes/pkg/apis/rbac"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	rbacvalidation "k8s.io/kubernetes/pkg/apis/rbac/validation"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

func newBuffered(text []byte) *bufio.Reader { return bufio.NewReader(bytes.NewReader(text)) }

// validate prints what would be refused, one line each, and fails where there is any.
func validate(documents []document) error {
	count := 0
	for _, d := range documents {
		for _, problem := range problemsOf(d) {
			count++
			fmt.Fprintf(os.Stderr, "%s: %s\n", d, problem)
		}
	}
	if count > 0 {
		return fmt.Errorf("%d problems", count)
	}
	fmt.Printf("%d documents are valid\n", len(documents))
	return nil
}

func problemsOf(d document) []string {
	if strings.HasPrefix(d.apiVersion, "monitoring.coreos.com/") {
		if problems := schemaProblems(d); len(problems) > 0 {
			return problems
		}
		return customProblems(d)
	}
	// As the API server decodes with fieldValidation=Strict: no unknown field, no key twice; then its defaults.
	codecs := serializer.NewCodecFactory(legacyscheme.Scheme, serializer.EnableStrict)
	decoded, _, err := codecs.UniversalDecoder().Decode(d.json, nil, nil)
	if err != nil {
		return []string{err.Error()}
	}
	var problems []string
	for _, problem := range validated(decoded) {
		problems = append(problems, problem.Error())
	}
	if set, ok := decoded.(*apps.StatefulSet); ok {
		problems = append(problems, restricted(set)...)
	}
	return problems
}

func validated(object runtime.Object) field.ErrorList {
	switch o := object.(type) {
	case *apps.StatefulSet:
		options := podutil.GetValidationOptionsFromPodSpecAndMeta(&o.Spec.Template.Spec, nil, &o.Spec.Template.ObjectMeta, nil)
		return appsvalidation.ValidateStatefulSet(o, options)
	case *core.Service:
		return corevalidation.ValidateServiceCreate(o)
	case *core.ConfigMap:
		return corevalidation.ValidateConfigMap(o)
	case *core.ServiceAccount:
		return corevalidation.ValidateServiceAccount(o)
	case *core.Namespace:
		return corevalidation.ValidateNamespace(o)
	case *core.Secret:
		return corevalidation.ValidateSecret(o)
	case *networking.NetworkPolicy:
		return networkingvalidation.ValidateNetworkPolicy(o, networkingvalidation.NetworkPolicyValidationOptions{})
	case *rbac.Role:
		return rbacvalidation.ValidateRole(o)
	case *rbac.RoleBinding:
		return rbacvalidation.ValidateRoleBinding(o)
	case *rbac.ClusterRole:
		return rbacvalidation.ValidateClusterRole(o, rbacvalidation.ClusterRoleValidationOptions{})
	case *rbac.ClusterRoleBinding:
		return rbacvalidation.ValidateClusterRoleBinding(o)
	}
	return field.ErrorList{field.NotSupported(field.NewPath("kind"), fmt.Sprintf("%T", object), []string{})}
}

// restricted asks Pod Security's own checks, at the level "restricted" of the newest version.
func restricted(set *apps.StatefulSet) []string {
	var template corev1.PodTemplateSpec
	if err := corev1conversion.Convert_core_PodTemplateSpec_To_v1_PodTemplateSpec(&set.Spec.Template, &template, nil); err != nil {
		return []string{err.Error()}
	}
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		return []string{err.Error()}
	}
	level := podsecurity.LevelVersion{Level: podsecurity.LevelRestricted, Version: podsecurity.LatestVersion()}
	var problems []string
	for _, result := range evaluator.EvaluatePod(level, &template.ObjectMeta, &template.Spec) {
		if !result.Allowed {
			problems = append(problems, fmt.Sprintf("restricted: %s: %s", result.ForbiddenReason, result.ForbiddenDetail))
		}
	}
	return problems
}

// customProblems are what prometheus-operator's own admission would refuse beyond the schema.
func customProblems(d document) []string {
	switch d.apiVersion + " " + d.kind {
	case "monitoring.coreos.com/v1 PrometheusRule":
		var rule monitoringv1.PrometheusRule
		if err := strict(d, &rule); err != nil {
			return []string{err.Error()}
		}
		var problems []string
		for _, err := range operator.ValidateRule(rule.Spec, model.UTF8Validation, parser.Options{}) {
			problems = append(problems, err.Error())
		}
		return problems
	case "monitoring.coreos.com/v1alpha1 AlertmanagerConfig":
		var config monitoringv1alpha1.AlertmanagerConfig
		if err := strict(d, &config); err != nil {
			return []string{err.Error()}
		}
		if err := amv1alpha1.ValidateAlertmanagerConfig(&config); err != nil {
			return []string{err.Error()}
		}
		return nil
	case "monitoring.coreos.com/v1 ServiceMonitor":
		if err := strict(d, &monitoringv1.ServiceMonitor{}); err != nil {
			return []string{err.Error()}
		}
		return nil
	}
	return []string{"no such kind is known"}
}

// strict decodes without allowing unknown fields.
func strict(d document, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(d.json))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}
