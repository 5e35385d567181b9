package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// before is the stand-in with one route to `pod`, and its metrics.
func before(t *testing.T, pod string) (*httptest.Server, *metrics) {
	t.Helper()
	certificate, err := defaultCertificate()
	if err != nil {
		t.Fatal(err)
	}
	metrics := newMetrics(certificate)
	table := newTable()
	table.replace([]*route{{path: "/", service: "app-django-8000@kubernetes", targets: []string{pod}}})
	server := httptest.NewServer(metrics.count("web", &proxy{table: table, metrics: metrics}))
	t.Cleanup(server.Close)
	return server, metrics
}

func text(t *testing.T, metrics *metrics) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	metrics.handler().ServeHTTP(recorder, httptest.NewRequest("GET", "/metrics", nil))
	return recorder.Body.String()
}

func TestForwardedHeadersAreOurs(t *testing.T) {
	seen := make(chan *http.Request, 1)
	pod := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r }))
	defer pod.Close()
	server, _ := before(t, strings.TrimPrefix(pod.URL, "http://"))
	request, _ := http.NewRequest("GET", server.URL+"/cart?a=b", nil)
	request.Host = "shop.example"
	request.Header.Set("X-Forwarded-For", "203.0.113.9")
	request.Header.Set("X-Forwarded-Proto", "https")
	if _, err := http.DefaultClient.Do(request); err != nil {
		t.Fatal(err)
	}
	r := <-seen
	for name, expected := range map[string]string{
		"X-Forwarded-For":   "127.0.0.1",
		"X-Real-Ip":         "127.0.0.1",
		"X-Forwarded-Host":  "shop.example",
		"X-Forwarded-Proto": "http",
		"X-Forwarded-Port":  "80",
	} {
		if r.Header.Get(name) != expected {
			t.Errorf("%s: %q", name, r.Header.Get(name))
		}
	}
	if r.Host != "shop.example" || r.URL.String() != "/cart?a=b" {
		t.Error(r.Host, r.URL)
	}
}

func TestMetricsHaveTraefiksNames(t *testing.T) {
	pod := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/broken" {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	defer pod.Close()
	server, metrics := before(t, strings.TrimPrefix(pod.URL, "http://"))
	for _, path := range []string{"/", "/broken"} {
		answer, err := http.Get(server.URL + path)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
	}
	got := text(t, metrics)
	for _, line := range []string{
		`traefik_service_requests_total{code="500",method="GET",protocol="http",service="app-django-8000@kubernetes"} 1`,
		`traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="app-django-8000@kubernetes",le="0.1"} 1`,
		`traefik_entrypoint_requests_total{code="200",entrypoint="web",method="GET",protocol="http"} 1`,
		`traefik_tls_certs_not_after{cn="TRAEFIK DEFAULT CERT"`,
	} {
		if !strings.Contains(got, line) {
			t.Errorf("%s is not in\n%s", line, got)
		}
	}
}

func TestAPodThatDoesNotAnswer(t *testing.T) {
	pod := httptest.NewServer(http.NotFoundHandler())
	pod.Close()
	server, metrics := before(t, strings.TrimPrefix(pod.URL, "http://"))
	answer, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	if answer.StatusCode != http.StatusBadGateway || !strings.Contains(text(t, metrics), `code="502"`) {
		t.Fatal(answer.Status)
	}
}
