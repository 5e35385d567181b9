package main

import (
	"errors"
	"slices"
	"testing"

	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

func pointer[T any](value T) *T { return &value }

// shop is an Ingress as infra/components/ingress.py makes it, with a Service of two pods, one of them not ready.
func shop(host, path string) *cluster {
	backend := networking.IngressServiceBackend{Name: "django", Port: networking.ServiceBackendPort{Number: 8000}}
	rule := networking.IngressRule{Host: host}
	rule.HTTP = &networking.HTTPIngressRuleValue{Paths: []networking.HTTPIngressPath{{
		Path:     path,
		PathType: pointer(networking.PathTypePrefix),
		Backend:  networking.IngressBackend{Service: &backend},
	}}}
	ingress := &networking.Ingress{
		ObjectMeta: meta.ObjectMeta{Namespace: "app", Name: "django"},
		Spec:       networking.IngressSpec{IngressClassName: pointer("traefik"), Rules: []networking.IngressRule{rule}},
	}
	service := &core.Service{Spec: core.ServiceSpec{Ports: []core.ServicePort{{Name: "http", Port: 8000}}}}
	ready := func(address string, ready bool) discovery.Endpoint {
		return discovery.Endpoint{Addresses: []string{address}, Conditions: discovery.EndpointConditions{Ready: &ready}}
	}
	slice := &discovery.EndpointSlice{
		Ports: []discovery.EndpointPort{{Name: pointer("http"), Port: pointer(int32(8001))}, {Name: pointer("other")}},
		Endpoints: []discovery.Endpoint{
			ready("10.42.0.9", true), ready("10.42.0.7", false), ready("10.42.0.8", true),
		},
	}
	return &cluster{
		ingresses: func(labels.Selector) ([]*networking.Ingress, error) { return []*networking.Ingress{ingress}, nil },
		services: func(_, name string) (*core.Service, error) {
			if name != "django" {
				return nil, errors.New("not found")
			}
			return service, nil
		},
		slices: func(string, labels.Selector) ([]*discovery.EndpointSlice, error) {
			return []*discovery.EndpointSlice{slice}, nil
		},
	}
}

func TestRouteLeadsToReadyPodsInTurn(t *testing.T) {
	table := newTable()
	table.replace(shop("", "/").routes())
	found := table.find("127.64.1.2:8080", "/admin/")
	if found == nil || found.service != "app-django-8000@kubernetes" {
		t.Fatalf("%+v", found)
	}
	turns := []string{found.next(), found.next(), found.next()}
	if !slices.Equal(turns, []string{"10.42.0.8:8001", "10.42.0.9:8001", "10.42.0.8:8001"}) {
		t.Fatal(turns)
	}
}

func TestMatches(t *testing.T) {
	for _, one := range []struct {
		route      *route
		host, path string
		expected   bool
	}{
		{&route{path: "/"}, "any", "/", true},
		{&route{path: "/api"}, "any", "/api", true},
		{&route{path: "/api"}, "any", "/api/v1", true},
		{&route{path: "/api/"}, "any", "/api", true},
		{&route{path: "/api"}, "any", "/apis", false},
		{&route{path: "/api", exact: true}, "any", "/api/v1", false},
		{&route{host: "shop.example", path: "/"}, "shop.example", "/", true},
		{&route{host: "shop.example", path: "/"}, "other.example", "/", false},
		{&route{host: "*.example", path: "/"}, "shop.example", "/", true},
		{&route{host: "*.example", path: "/"}, "example", "/", false},
	} {
		if one.route.matches(one.host, one.path) != one.expected {
			t.Errorf("%+v: %s%s", one.route, one.host, one.path)
		}
	}
}

func TestLongerRuleWins(t *testing.T) {
	table := newTable()
	table.replace([]*route{{path: "/", service: "all"}, {path: "/api", service: "api"}, {host: "a.b", path: "/"}})
	if found := table.find("c.d", "/api/x"); found.service != "api" {
		t.Fatal(found.service)
	}
}

func TestNothingReadyAndNothingKnown(t *testing.T) {
	source := shop("", "/")
	source.slices = func(string, labels.Selector) ([]*discovery.EndpointSlice, error) { return nil, nil }
	table := newTable()
	if table.synced() || table.find("any", "/") != nil {
		t.Fatal("an empty table")
	}
	table.replace(source.routes())
	if found := table.find("any", "/"); found == nil || found.next() != "" {
		t.Fatalf("%+v", found)
	}
}

func TestOtherClassesAreNotOurs(t *testing.T) {
	given := map[string]string{"kubernetes.io/ingress.class": "nginx"}
	for expected, one := range map[bool]*networking.Ingress{
		true:  {},
		false: {ObjectMeta: meta.ObjectMeta{Annotations: given}},
	} {
		if ours(one) != expected {
			t.Errorf("%+v", one)
		}
	}
	if ours(&networking.Ingress{Spec: networking.IngressSpec{IngressClassName: pointer("nginx")}}) {
		t.Error("nginx")
	}
}
