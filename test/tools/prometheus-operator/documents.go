package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

type document struct {
	file, apiVersion, kind, name string
	json                         []byte
}

func (d document) String() string { return fmt.Sprintf("%s: %s %s", d.file, d.kind, d.name) }

// read takes files of one or more YAML documents apart; a key that stands twice is refused.
func read(files []string) ([]document, error) {
	var documents []document
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		reader := utilyaml.NewYAMLReader(newBuffered(text))
		for {
			part, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			if len(bytes.TrimSpace(part)) == 0 {
				continue
			}
			json, err := yaml.YAMLToJSONStrict(part)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			var head struct {
				APIVersion string                `json:"apiVersion"`
				Kind       string                `json:"kind"`
				Metadata   struct{ Name string } `json:"metadata"`
			}
			if err := yaml.Unmarshal(json, &head); err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			documents = append(documents, document{file, head.APIVersion, head.Kind, head.Metadata.Name, json})
		}
	}
	return documents, nil
}
