package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	defaultName = "TRAEFIK DEFAULT CERT"
	defaultDays = 365
)

// traefik's own buckets, in seconds.
var buckets = []float64{0.1, 0.3, 1.2, 5.0}

// metrics have traefik's names and labels.
type metrics struct {
	registry      *prometheus.Registry
	connections   *prometheus.GaugeVec
	entryRequests *prometheus.CounterVec
	entryDuration *prometheus.HistogramVec
	requests      *prometheus.CounterVec
	duration      *prometheus.HistogramVec
}

func newMetrics(certificate tls.Certificate) *metrics {
	entry := []string{"code", "method", "protocol", "entrypoint"}
	service := []string{"code", "method", "protocol", "service"}
	counter := func(name, help string, labels []string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, labels []string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help, Buckets: buckets}, labels)
	}
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: name, Help: help}, labels)
	}
	made := &metrics{
		registry:      prometheus.NewRegistry(),
		connections:   gauge("traefik_open_connections", "Open connections.", "entrypoint", "protocol"),
		entryRequests: counter("traefik_entrypoint_requests_total", "Requests to an entry point.", entry),
		entryDuration: histogram("traefik_entrypoint_request_duration_seconds", "Time of a request.", entry),
		requests:      counter("traefik_service_requests_total", "Requests to a service.", service),
		duration:      histogram("traefik_service_request_duration_seconds", "Time of a service's answer.", service),
	}
	ends := gauge("traefik_tls_certs_not_after", "End of a certificate, in seconds.", "cn", "serial", "sans")
	ends.WithLabelValues(defaultName, certificate.Leaf.SerialNumber.String(), "").Set(
		float64(certificate.Leaf.NotAfter.Unix()))
	made.registry.MustRegister(
		made.connections, made.entryRequests, made.entryDuration, made.requests, made.duration, ends)
	return made
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// count measures what passes an entry point.
func (m *metrics) count(name string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		observe(m.entryRequests, m.entryDuration, name, w, r, func(w http.ResponseWriter) { next.ServeHTTP(w, r) })
	})
}

// service measures what a service answers.
func (m *metrics) service(name string, w http.ResponseWriter, r *http.Request, next func(http.ResponseWriter)) {
	observe(m.requests, m.duration, name, w, r, next)
}

func observe(
	total *prometheus.CounterVec,
	duration *prometheus.HistogramVec,
	name string,
	w http.ResponseWriter,
	r *http.Request,
	next func(http.ResponseWriter),
) {
	start, seen := time.Now(), &statusWriter{ResponseWriter: w, status: http.StatusOK}
	protocol := "http"
	if r.Header.Get("Upgrade") != "" {
		protocol = "websocket"
	}
	// Also when the handler panics, as ReverseProxy does for a pod that breaks off its answer.
	defer func() {
		labels := []string{strconv.Itoa(seen.status), method(r.Method), protocol, name}
		total.WithLabelValues(labels...).Inc()
		duration.WithLabelValues(labels...).Observe(time.Since(start).Seconds())
	}()
	next(seen)
}

// method keeps the number of series small: traefik's word for what HTTP does not know is EXTENSION_METHOD.
func method(name string) string {
	switch name {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "OPTIONS", "TRACE":
		return name
	}
	return "EXTENSION_METHOD"
}

// statusWriter remembers the status, and lets an upgraded connection through.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	if status >= http.StatusOK || status == http.StatusSwitchingProtocols {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *statusWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

func (w *statusWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

// defaultCertificate is made at each start, as traefik's is.
func defaultCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return tls.Certificate{}, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: defaultName},
		NotBefore:    now.Add(-time.Minute),
		NotAfter:     now.AddDate(0, 0, defaultDays),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, nil
}
