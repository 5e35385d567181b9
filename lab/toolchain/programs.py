"""What is built, as data: modules and versions stand in tools/<module>/go.mod."""

from __future__ import annotations

from dataclasses import dataclass

PULUMI_VERSION = "3.259.0"  # tools/pulumi/go.mod
KUBERNETES_VERSION = "1.36.3"  # tools/kubernetes/go.mod
COREDNS_VERSION = "1.14.7"  # tools/kubernetes/go.mod
METRICS_SERVER_VERSION = "0.9.0"  # tools/kubernetes/go.mod
LOCAL_PATH_VERSION = "0.0.30"  # tools/kubernetes/go.mod


@dataclass(frozen=True, kw_only=True)
class Program:
    """One Go program: the folder of its go.mod under tools/, its package and how it is linked."""

    name: str
    module: str
    package: str
    ldflags: str = ""
    tags: str = ""
    tests: bool = False  # the program is the package's tests


def _set(variable: str, value: str) -> str:
    return f"-X {variable}={value}"


_MAJOR, _MINOR, _ = KUBERNETES_VERSION.split(".")
_VERSION = "k8s.io/component-base/version"

PULUMI = Program(
    name="pulumi",
    module="pulumi",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
    # Google's storage without its second protocol, which brings Envoy's.
    tags="disable_grpc_modules",
    ldflags=_set("github.com/pulumi/pulumi/sdk/v3/go/common/version.Version", f"v{PULUMI_VERSION}"),
)
KUBE = Program(
    name="kube",
    module="kubernetes",
    package="./kube",
    tags="selinux_off",
    # Without these, kubectl and the API server's clients cannot parse the version.
    ldflags=" ".join(
        [
            _set(f"{_VERSION}.gitVersion", f"v{KUBERNETES_VERSION}"),
            _set(f"{_VERSION}.gitMajor", _MAJOR),
            _set(f"{_VERSION}.gitMinor", _MINOR),
            _set(f"{_VERSION}.gitTreeState", "clean"),
        ],
    ),
)
ETCD = Program(name="etcd", module="kubernetes", package="go.etcd.io/etcd/server/v3")
# What k3s has in itself.
NETPOL = Program(name="netpol", module="kubernetes", package="./netpol")
# What k3s bundles, as images of the lab.
COREDNS = Program(name="coredns", module="kubernetes", package="./coredns")
METRICS_SERVER = Program(
    name="metrics-server",
    module="kubernetes",
    package="sigs.k8s.io/metrics-server/cmd/metrics-server",
    ldflags=_set("k8s.io/client-go/pkg/version.gitVersion", f"v{METRICS_SERVER_VERSION}"),
)
INGRESS = Program(name="ingress", module="kubernetes", package="./ingress")
LOCAL_PATH = Program(
    name="local-path-provisioner",
    module="kubernetes",
    package="github.com/rancher/local-path-provisioner",
    ldflags=_set("main.VERSION", f"v{LOCAL_PATH_VERSION}"),
)
# Only tests use them.
INGRESS_TESTS = Program(name="ingress-tests", module="kubernetes", package="./ingress", tests=True)
# Checks the workflows.
ACTIONLINT = Program(name="actionlint", module="actionlint", package="github.com/rhysd/actionlint/cmd/actionlint")

# In the order in which they are built; what shares code stands together.
LAB = (PULUMI, KUBE, ETCD, NETPOL, COREDNS, METRICS_SERVER, INGRESS, LOCAL_PATH)
TESTS = (INGRESS_TESTS, ACTIONLINT)
