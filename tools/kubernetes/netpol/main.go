// Command netpol enforces NetworkPolicies on one node with the controller that k3s embeds: kube-router's, without its
// other parts.  It is set up as k3s does (pkg/agent/netpol).
package main

import (
	"context"
	"errors"
	"flag"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// How long k3s waits for its node, and how often it looks.
const nodeTimeout, nodePeriod = time.Minute, 2 * time.Second

func main() {
	klog.InitFlags(nil)
	kubeconfig := flag.String("kubeconfig", "", "how to reach the API server")
	node := flag.String("hostname-override", "", "the node's name")
	services := flag.String("service-cluster-ip-range", "10.43.0.0/16", "addresses of services")
	ports := flag.String("service-node-port-range", "30000:32767", "ports of services on the node")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	err := run(ctx, *kubeconfig, *node, *services, *ports)
	if err != nil && !errors.Is(err, context.Canceled) {
		klog.Fatal(err)
	}
}

func run(ctx context.Context, kubeconfig, node, services, ports string) error {
	rest, err := clientcmd.BuildConfigFromFlags("", kubeconfig)
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(rest)
	if err != nil {
		return err
	}
	if err := awaitNode(ctx, client, node); err != nil {
		return err
	}
	config := options.NewKubeRouterConfig()
	config.ClusterIPCIDRs = strings.Split(services, ",")
	config.NodePortRange = ports
	config.HostnameOverride = node
	config.EnableIPv4, config.RunFirewall = true, true

	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	spaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	tables, sets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		return err
	}
	controller, err := netpol.NewNetworkPolicyController(
		client, config, pods, policies, spaces, &sync.Mutex{}, tables, sets)
	if err != nil {
		return err
	}
	for informer, handler := range map[cache.SharedIndexInformer]cache.ResourceEventHandler{
		pods: controller.PodEventHandler, spaces: controller.NamespaceEventHandler,
		policies: controller.NetworkPolicyEventHandler,
	} {
		if _, err := informer.AddEventHandler(handler); err != nil {
			return err
		}
	}
	// Every sync says that it lives, and waits until that is read.
	beats := make(chan *healthcheck.ControllerHeartbeat)
	go func() {
		for range beats {
		}
	}()
	var group sync.WaitGroup
	group.Add(1)
	controller.Run(beats, ctx.Done(), &group)
	return nil
}

// awaitNode returns when the node has an address: the controller asks once, and ends without one.
func awaitNode(ctx context.Context, client kubernetes.Interface, name string) error {
	return wait.PollUntilContextTimeout(ctx, nodePeriod, nodeTimeout, true, func(ctx context.Context) (bool, error) {
		node, err := client.CoreV1().Nodes().Get(ctx, name, metav1.GetOptions{})
		if err != nil {
			klog.Errorf("Error getting the node object: %v", err)
			return false, nil
		}
		for _, address := range node.Status.Addresses {
			if address.Type == v1.NodeInternalIP {
				return true, nil
			}
		}
		return false, nil
	})
}
