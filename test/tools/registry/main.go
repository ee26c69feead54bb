// Command oci-registry serves an OCI registry on loopback: that of the Distribution project, which has no referrers API
// (attestations lie under fallback tags), or with --referrers that of go-containerregistry, which has one.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry"
	_ "github.com/distribution/distribution/v3/registry/auth/htpasswd"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/inmemory"
	ggcr "github.com/google/go-containerregistry/pkg/registry"
)

// version is set by the build to that of the distribution module.
var version = "unknown"

func main() {
	showVersion := flag.Bool("version", false, "print the version")
	address := flag.String("address", "127.0.0.1:0", "where to listen")
	referrers := flag.Bool("referrers", false, "serve the registry that has the referrers API")
	htpasswd := flag.String("htpasswd", "", "users and bcrypt hashes that are asked for by basic authentication")
	flag.Parse()
	if *showVersion {
		fmt.Printf("oci-registry, version %s\n", version)
		return
	}
	if err := serve(*address, *referrers, *htpasswd); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func serve(address string, referrers bool, htpasswd string) error {
	if referrers {
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		quiet := ggcr.Logger(log.New(io.Discard, "", 0))
		return http.Serve(listener, ggcr.New(ggcr.WithReferrersSupport(true), quiet))
	}
	config := &configuration.Configuration{Storage: configuration.Storage{"inmemory": configuration.Parameters{}}}
	config.Log.Level = "error"
	config.HTTP.Addr = address
	config.HTTP.Secret = "only of this run"
	if htpasswd != "" {
		path, err := filepath.Abs(htpasswd)
		if err != nil {
			return err
		}
		config.Auth = configuration.Auth{"htpasswd": configuration.Parameters{"realm": "registry", "path": path}}
	}
	server, err := registry.NewRegistry(context.Background(), config)
	if err != nil {
		return err
	}
	return server.ListenAndServe()
}
