package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	crd "github.com/prometheus-operator/prometheus-operator/example"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// schemaProblems holds a custom resource against its own definition, as the API server does: unknown fields, the OpenAPI
// schema, and the rules in CEL.
func schemaProblems(d document) []string {
	definition, err := definitionOf(d)
	if err != nil {
		return []string{err.Error()}
	}
	structural, err := schema.NewStructural(definition)
	if err != nil {
		return []string{err.Error()}
	}
	var object map[string]any
	if err := json.Unmarshal(d.json, &object); err != nil {
		return []string{err.Error()}
	}
	var problems []string
	unknown := pruning.PruneWithOptions(object, structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
	for _, field := range unknown {
		problems = append(problems, fmt.Sprintf("unknown field %q", field))
	}
	defaulting.Default(object, structural)
	validator, _, err := validation.NewSchemaValidator(definition)
	if err != nil {
		return []string{err.Error()}
	}
	for _, problem := range validation.ValidateCustomResource(nil, object, validator) {
		problems = append(problems, problem.Error())
	}
	rules := cel.NewValidator(structural, true, celconfig.PerCallLimit)
	broken, _ := rules.Validate(context.Background(), nil, structural, object, nil, celconfig.RuntimeCELCostBudget)
	for _, problem := range broken {
		problems = append(problems, problem.Error())
	}
	return problems
}

// definitionOf is the schema of the kind and version, out of the definitions that prometheus-operator is released with.
func definitionOf(d document) (*apiextensions.JSONSchemaProps, error) {
	var all bytes.Buffer
	if err := crd.PrintAll(&all); err != nil {
		return nil, err
	}
	reader := utilyaml.NewYAMLReader(newBuffered(all.Bytes()))
	for {
		part, err := reader.Read()
		if err != nil {
			return nil, fmt.Errorf("no definition of %s %s", d.apiVersion, d.kind)
		}
		var definition apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(part, &definition); err != nil {
			return nil, err
		}
		if definition.Spec.Names.Kind != d.kind {
			continue
		}
		for _, version := range definition.Spec.Versions {
			if definition.Spec.Group+"/"+version.Name != d.apiVersion {
				continue
			}
			var props apiextensions.JSONSchemaProps
			if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(version.Schema.OpenAPIV3Schema, &props, nil); err != nil {
				return nil, err
			}
			return &props, nil
		}
	}
}
