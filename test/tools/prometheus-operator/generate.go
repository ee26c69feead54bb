package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	"github.com/blang/semver/v4"
	"github.com/prometheus-operator/prometheus-operator/pkg/alertmanager"
	monitoringv1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	monitoringv1alpha1 "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1alpha1"
	"github.com/prometheus-operator/prometheus-operator/pkg/assets"
	"github.com/prometheus-operator/prometheus-operator/pkg/prometheus"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/fake"
)

// The servers that the generated configuration is for.
const prometheusVersion, alertmanagerVersion = "v3.16.0", "v0.31.1"

// prometheusConfig prints the configuration that a Prometheus resource which selects every ServiceMonitor would be given.
func prometheusConfig(documents []document, namespace string) error {
	monitors := map[string]*monitoringv1.ServiceMonitor{}
	for _, d := range documents {
		if d.kind != "ServiceMonitor" {
			continue
		}
		var monitor monitoringv1.ServiceMonitor
		if err := strict(d, &monitor); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		monitors[monitor.Namespace+"/"+monitor.Name] = &monitor
	}
	resource := &monitoringv1.Prometheus{
		ObjectMeta: metav1.ObjectMeta{Name: "k8s", Namespace: namespace},
		Spec: monitoringv1.PrometheusSpec{CommonPrometheusFields: monitoringv1.CommonPrometheusFields{
			Version: prometheusVersion, ScrapeInterval: "30s",
		}, EvaluationInterval: "30s"},
	}
	store, err := storeOf(documents)
	if err != nil {
		return err
	}
	// The operator reads what a monitor refers to into the store before it generates.
	for _, monitor := range monitors {
		for _, endpoint := range monitor.Spec.Endpoints {
			if err := store.AddBasicAuth(context.Background(), monitor.Namespace, endpoint.BasicAuth); err != nil {
				return err
			}
			if err := store.AddSafeAuthorizationCredentials(context.Background(), monitor.Namespace, endpoint.Authorization); err != nil {
				return err
			}
		}
	}
	generator, err := prometheus.NewConfigGenerator(slog.Default(), resource)
	if err != nil {
		return err
	}
	text, err := generator.GenerateServerConfiguration(resource, monitors, nil, nil, nil, store, nil, nil, nil, nil)
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// alertmanagerConfig prints the configuration of an Alertmanager resource of that strategy which selects every
// AlertmanagerConfig; without a configuration of its own it has a receiver "null".
func alertmanagerConfig(documents []document, namespace, strategy string) error {
	configs := map[string]*monitoringv1alpha1.AlertmanagerConfig{}
	for _, d := range documents {
		if d.kind != "AlertmanagerConfig" {
			continue
		}
		var config monitoringv1alpha1.AlertmanagerConfig
		if err := strict(d, &config); err != nil {
			return fmt.Errorf("%s: %w", d, err)
		}
		configs[config.Namespace+"/"+config.Name] = &config
	}
	resource := &monitoringv1.Alertmanager{
		ObjectMeta: metav1.ObjectMeta{Name: "main", Namespace: namespace},
		Spec: monitoringv1.AlertmanagerSpec{AlertmanagerConfigMatcherStrategy: monitoringv1.AlertmanagerConfigMatcherStrategy{
			Type: monitoringv1.AlertmanagerConfigMatcherStrategyType(strategy),
		}},
	}
	store, err := storeOf(documents)
	if err != nil {
		return err
	}
	builder := alertmanager.NewConfigBuilder(slog.Default(), semver.MustParse(alertmanagerVersion[1:]), store, resource)
	if err := builder.InitializeFromRawConfiguration([]byte("route: {receiver: 'null'}\nreceivers: [{name: 'null'}]\n")); err != nil {
		return err
	}
	if err := builder.AddAlertmanagerConfigs(context.Background(), configs); err != nil {
		return err
	}
	text, err := builder.MarshalJSON()
	if err != nil {
		return err
	}
	_, err = os.Stdout.Write(text)
	return err
}

// storeOf answers for the Secrets among the documents, as a cluster would.
func storeOf(documents []document) (*assets.StoreBuilder, error) {
	client := fake.NewSimpleClientset()
	for _, d := range documents {
		if d.kind != "Secret" {
			continue
		}
		var secret corev1.Secret
		if err := strict(d, &secret); err != nil {
			return nil, fmt.Errorf("%s: %w", d, err)
		}
		secret.Data = map[string][]byte{}
		for key, value := range secret.StringData {
			secret.Data[key] = []byte(value)
		}
		if _, err := client.CoreV1().Secrets(secret.Namespace).Create(context.Background(), &secret, metav1.CreateOptions{}); err != nil {
			return nil, err
		}
	}
	return assets.NewStoreBuilder(client.CoreV1(), client.CoreV1()), nil
}
