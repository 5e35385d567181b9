package main

import (
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	// traefik's defaults of its connections to pods.
	dialTimeout  = 30 * time.Second
	idlePerPod   = 200
	idleTimeout  = 90 * time.Second
	clientClosed = 499
)

var transport = &http.Transport{
	DialContext:         (&net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}).DialContext,
	MaxIdleConnsPerHost: idlePerPod,
	IdleConnTimeout:     idleTimeout,
	DisableCompression:  true,
}

// proxy answers requests from the pods behind their route.
type proxy struct {
	table   *table
	metrics *metrics
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found := p.table.find(r.Host, r.URL.Path)
	if found == nil {
		http.NotFound(w, r)
		return
	}
	p.metrics.service(found.service, w, r, func(w http.ResponseWriter) {
		target := found.next()
		if target == "" {
			http.Error(w, "no available server", http.StatusServiceUnavailable)
			return
		}
		forwarded(target).ServeHTTP(w, r)
	})
}

func forwarded(target string) http.Handler {
	return &httputil.ReverseProxy{
		Transport:     transport,
		FlushInterval: 100 * time.Millisecond,
		ErrorHandler:  failed,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: target})
			r.Out.Host = r.In.Host
			setForwarded(r)
		},
	}
}

// setForwarded writes traefik's headers; what a client sent under these names was taken away before.
func setForwarded(r *httputil.ProxyRequest) {
	r.SetXForwarded()
	port := "80"
	if r.In.TLS != nil {
		port = "443"
	}
	if _, given, err := net.SplitHostPort(r.In.Host); err == nil {
		port = given
	}
	if address, _, err := net.SplitHostPort(r.In.RemoteAddr); err == nil {
		r.Out.Header.Set("X-Real-Ip", address)
	}
	name, _ := os.Hostname()
	r.Out.Header.Set("X-Forwarded-Port", port)
	r.Out.Header.Set("X-Forwarded-Server", name)
	if strings.EqualFold(r.In.Header.Get("Upgrade"), "websocket") {
		r.Out.Header.Set("X-Forwarded-Proto", map[bool]string{true: "wss", false: "ws"}[r.In.TLS != nil])
	}
}

func failed(w http.ResponseWriter, r *http.Request, err error) {
	var network net.Error
	status := http.StatusBadGateway
	switch {
	case errors.Is(err, context.Canceled):
		status = clientClosed
	case errors.As(err, &network) && network.Timeout():
		status = http.StatusGatewayTimeout
	}
	log.Printf("%s %s: %v", r.Method, r.URL.Path, err)
	w.WriteHeader(status)
}
