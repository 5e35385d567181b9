// Command ingress is the lab's ingress stand-in.  It is not traefik, which does not build from what a closed network
// serves; it plays what the stack relies on: Ingress objects of class `traefik`, traefik's ports, its X-Forwarded
// headers, and its metrics under their own names.  No ACME, no middlewares, no IngressRoute.
//
// `ingress forward 80=HOST:PORT ...` is the load balancer before it: plain TCP, as k3s's svclb.
package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

// The ports of traefik's chart; its Service maps 80 and 443 to the first two.
const (
	webAddress       = ":8000"
	webSecureAddress = ":8443"
	traefikAddress   = ":8080"
	metricsAddress   = ":9100"

	// traefik's own default: what is under way may end.
	graceTimeout = 10 * time.Second
	headTimeout  = 60 * time.Second
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	run := serve
	if len(os.Args) > 1 && os.Args[1] == "forward" {
		run = func(ctx context.Context) error { return forward(ctx, os.Args[2:]) }
	} else if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, "usage: ingress [forward PORT=HOST:PORT ...]")
		os.Exit(2)
	}
	if err := run(ctx); err != nil {
		log.Fatal(err)
	}
}

// serve runs until the context ends or a listener fails.
func serve(ctx context.Context) error {
	config, err := rest.InClusterConfig()
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	table := newTable()
	certificate, err := defaultCertificate()
	if err != nil {
		return err
	}
	metrics := newMetrics(certificate)
	handler := &proxy{table: table, metrics: metrics}
	servers := []*http.Server{
		entryPoint("web", webAddress, handler, metrics),
		entryPoint("websecure", webSecureAddress, handler, metrics),
		{Addr: traefikAddress, Handler: ping(table)},
		{Addr: metricsAddress, Handler: metrics.handler()},
	}
	servers[1].TLSConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	go table.watch(ctx, client)
	return listen(ctx, servers)
}

// entryPoint is a server that counts its connections and requests under its name.
func entryPoint(name, address string, handler *proxy, metrics *metrics) *http.Server {
	return &http.Server{
		Addr:              address,
		Handler:           metrics.count(name, handler),
		ReadHeaderTimeout: headTimeout,
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				metrics.connections.WithLabelValues(name, "TCP").Inc()
			case http.StateClosed, http.StateHijacked:
				metrics.connections.WithLabelValues(name, "TCP").Dec()
			}
		},
	}
}

// ping is ready as soon as the routes are known.
func ping(table *table) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/ping", func(w http.ResponseWriter, _ *http.Request) {
		if !table.synced() {
			http.Error(w, "the routes are not known yet", http.StatusServiceUnavailable)
			return
		}
		fmt.Fprint(w, "OK")
	})
	return mux
}

func listen(ctx context.Context, servers []*http.Server) error {
	failed := make(chan error, len(servers))
	for _, server := range servers {
		go func() {
			var err error
			if server.TLSConfig != nil {
				err = server.ListenAndServeTLS("", "")
			} else {
				err = server.ListenAndServe()
			}
			if !errors.Is(err, http.ErrServerClosed) {
				failed <- err
			}
		}()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.Background(), graceTimeout)
	defer cancel()
	for _, server := range servers {
		_ = server.Shutdown(grace)
	}
	return nil
}
