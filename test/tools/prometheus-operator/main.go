// Command operator-check holds manifests against what would read them in a cluster: the API server's own decoding, defaults
// and validation, Pod Security's restricted level, the custom resources' schemas, and the configurations that
// prometheus-operator makes of them.
package main

import (
	"flag"
	"fmt"
	"os"
)

// version is set by the build to that of the prometheus-operator module.
var version = "unknown"

const usage = `usage: operator-check --version
       operator-check validate FILE...                       what the API server would refuse, one line each
       operator-check prometheus FILE...                     prometheus.yaml of the ServiceMonitors
       operator-check alertmanager [--strategy S] [--namespace N] FILE...   alertmanager.yaml of the AlertmanagerConfigs
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%s", usage)
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	strategy := flags.String("strategy", "OnNamespace", "alertmanagerConfigMatcherStrategy")
	namespace := flags.String("namespace", "monitoring", "the namespace of Prometheus and Alertmanager")
	if args[0] == "--version" {
		fmt.Printf("operator-check, version %s\n", version)
		return nil
	}
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	documents, err := read(flags.Args())
	if err != nil {
		return err
	}
	switch args[0] {
	case "validate":
		return validate(documents)
	case "prometheus":
		return prometheusConfig(documents, *namespace)
	case "alertmanager":
		return alertmanagerConfig(documents, *namespace, *strategy)
	}
	return fmt.Errorf("%s", usage)
}
