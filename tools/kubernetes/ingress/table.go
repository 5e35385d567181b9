package main

import (
	"cmp"
	"context"
	"log"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	core "k8s.io/api/core/v1"
	discovery "k8s.io/api/discovery/v1"
	networking "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
)

const (
	ingressClass = "traefik"
	// Changes come in bursts: the table is built at most this often.
	rebuildEvery = 100 * time.Millisecond
)

// route leads from a host and a path to the ready pods behind a Service.
type route struct {
	host    string // empty: every host
	path    string
	exact   bool
	service string // as traefik names it in its metrics
	targets []string
	turn    atomic.Uint64
}

// next is the pod whose turn it is; empty if none is ready.
func (r *route) next() string {
	if len(r.targets) == 0 {
		return ""
	}
	return r.targets[int(r.turn.Add(1)-1)%len(r.targets)]
}

func (r *route) matches(host, path string) bool {
	if r.host != "" && r.host != host {
		suffix, wildcard := strings.CutPrefix(r.host, "*")
		if !wildcard || !strings.HasSuffix(host, suffix) {
			return false
		}
	}
	if r.exact {
		return path == r.path
	}
	prefix := strings.TrimSuffix(r.path, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

// table holds all routes, the most specific first; it is replaced as a whole.
type table struct {
	mutex  sync.RWMutex
	routes []*route
	known  atomic.Bool
}

func newTable() *table { return &table{} }

func (t *table) synced() bool { return t.known.Load() }

// find is the route of a request, or nil.
func (t *table) find(host, path string) *route {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	t.mutex.RLock()
	defer t.mutex.RUnlock()
	for _, one := range t.routes {
		if one.matches(strings.ToLower(host), path) {
			return one
		}
	}
	return nil
}

// watch keeps the table up to date until the context ends.
func (t *table) watch(ctx context.Context, client kubernetes.Interface) {
	factory := informers.NewSharedInformerFactory(client, 0)
	source := &cluster{
		ingresses: factory.Networking().V1().Ingresses().Lister().List,
		services: func(namespace, name string) (*core.Service, error) {
			return factory.Core().V1().Services().Lister().Services(namespace).Get(name)
		},
		slices: func(namespace string, selector labels.Selector) ([]*discovery.EndpointSlice, error) {
			return factory.Discovery().V1().EndpointSlices().Lister().EndpointSlices(namespace).List(selector)
		},
	}
	changed := make(chan struct{}, 1)
	note := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	handler := cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { note() },
		UpdateFunc: func(any, any) { note() },
		DeleteFunc: func(any) { note() },
	}
	for _, informer := range []cache.SharedIndexInformer{
		factory.Networking().V1().Ingresses().Informer(),
		factory.Core().V1().Services().Informer(),
		factory.Discovery().V1().EndpointSlices().Informer(),
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			log.Fatal(err)
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())
	note()
	for {
		select {
		case <-ctx.Done():
			return
		case <-changed:
			t.replace(source.routes())
			time.Sleep(rebuildEvery)
		}
	}
}

func (t *table) replace(routes []*route) {
	// As traefik: the longer rule wins.
	slices.SortStableFunc(routes, func(a, b *route) int {
		return cmp.Compare(len(b.host)+len(b.path), len(a.host)+len(a.path))
	})
	t.mutex.Lock()
	t.routes = routes
	t.mutex.Unlock()
	t.known.Store(true)
}

// cluster is what the routes are made of.
type cluster struct {
	ingresses func(labels.Selector) ([]*networking.Ingress, error)
	services  func(namespace, name string) (*core.Service, error)
	slices    func(namespace string, selector labels.Selector) ([]*discovery.EndpointSlice, error)
}

func (c *cluster) routes() []*route {
	all, err := c.ingresses(labels.Everything())
	if err != nil {
		log.Print(err)
	}
	var routes []*route
	for _, one := range all {
		if !ours(one) {
			continue
		}
		if backend := one.Spec.DefaultBackend; backend != nil {
			routes = append(routes, c.route(one.Namespace, "", networking.HTTPIngressPath{Path: "/", Backend: *backend}))
		}
		for _, rule := range one.Spec.Rules {
			if rule.HTTP == nil {
				continue
			}
			for _, path := range rule.HTTP.Paths {
				routes = append(routes, c.route(one.Namespace, strings.ToLower(rule.Host), path))
			}
		}
	}
	return routes
}

func ours(one *networking.Ingress) bool {
	if one.Spec.IngressClassName != nil {
		return *one.Spec.IngressClassName == ingressClass
	}
	class, given := one.Annotations["kubernetes.io/ingress.class"]
	return !given || class == ingressClass
}

func (c *cluster) route(namespace, host string, path networking.HTTPIngressPath) *route {
	made := &route{host: host, path: cmp.Or(path.Path, "/"), service: "none"}
	made.exact = path.PathType != nil && *path.PathType == networking.PathTypeExact
	backend := path.Backend.Service
	if backend == nil {
		return made
	}
	port := backend.Port.Name
	if port == "" {
		port = strconv.Itoa(int(backend.Port.Number))
	}
	made.service = namespace + "-" + backend.Name + "-" + port + "@kubernetes"
	service, err := c.services(namespace, backend.Name)
	if err != nil {
		return made
	}
	for _, one := range service.Spec.Ports {
		if one.Name == backend.Port.Name && one.Name != "" || one.Port == backend.Port.Number {
			made.targets = c.targets(namespace, backend.Name, one.Name)
		}
	}
	return made
}

// targets are the addresses of ready pods, in an order that does not depend on the list's.
func (c *cluster) targets(namespace, service, port string) []string {
	selector := labels.SelectorFromSet(labels.Set{discovery.LabelServiceName: service})
	found, err := c.slices(namespace, selector)
	if err != nil {
		log.Print(err)
	}
	var targets []string
	for _, slice := range found {
		for _, one := range slice.Ports {
			if one.Port == nil || one.Name != nil && *one.Name != port {
				continue
			}
			for _, endpoint := range slice.Endpoints {
				if endpoint.Conditions.Ready == nil || *endpoint.Conditions.Ready {
					targets = append(targets, net.JoinHostPort(endpoint.Addresses[0], strconv.Itoa(int(*one.Port))))
				}
			}
		}
	}
	slices.Sort(targets)
	return slices.Compact(targets)
}
