"""What is built, as data: modules and versions stand in tools/<module>/go.mod."""

from __future__ import annotations

from dataclasses import dataclass, field

from lab.toolchain.prepare import Trimmed

# .github/renovate.json finds the module's name behind each.
PULUMI_VERSION = "3.259.0"  # github.com/pulumi/pulumi/pkg/v3 in tools/pulumi/go.mod
KUBERNETES_VERSION = "1.36.3"  # k8s.io/kubernetes in tools/kubernetes/go.mod
COREDNS_VERSION = "1.14.7"  # github.com/coredns/coredns in tools/kubernetes/go.mod
METRICS_SERVER_VERSION = "0.9.0"  # sigs.k8s.io/metrics-server in tools/kubernetes/go.mod
LOCAL_PATH_VERSION = "0.0.30"  # github.com/rancher/local-path-provisioner in tools/kubernetes/go.mod
TRAEFIK_VERSION = "3.7.13"  # github.com/traefik/traefik/v3 in tools/traefik/go.mod
PEBBLE_VERSION = "2.10.3"  # github.com/letsencrypt/pebble/v2 in tools/pebble/go.mod


@dataclass(frozen=True, kw_only=True)
class Program:
    """One Go program: the folder of its go.mod under tools/, its package and how it is linked."""

    name: str
    module: str
    package: str
    ldflags: str = ""
    tags: str = ""
    tests: bool = False  # the program is the package's tests
    # The next two are not in the text by which a build is found again: `build.py` adds them where they are set.
    trimmed: Trimmed | None = field(default=None, repr=False)  # lies beside a copy of the program's own module
    # Files of the package's module that are kept beside the program: path in the module, name.
    files: tuple[tuple[str, str], ...] = field(default=(), repr=False)


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
LOCAL_PATH = Program(
    name="local-path-provisioner",
    module="kubernetes",
    package="github.com/rancher/local-path-provisioner",
    ldflags=_set("main.VERSION", f"v{LOCAL_PATH_VERSION}"),
)
# The ingress controller. Two of the SDKs behind lego's DNS providers are not served by every proxy, and the lab's
# names are proved over HTTP: the copy has no DNS provider.
_LEGO = Trimmed(
    module="github.com/go-acme/lego/v5",
    version="v5.4.1",  # what traefik's go.mod names
    sum="h1:Jt6xAP9xQrJ3SLLGgxejfDDd3pzdrmuLCWe4oTqHHQc=",
    folder="lego",
    left_out=("providers", "cmd", "docs", "e2e", "generators", "tester", "main.go", "*_test.go", "testdata", "*.md"),
    stubs=(("stubs/dns_providers.go", "providers/dns/dns_providers.go"),),
)
_CRD = "docs/content/reference/dynamic-configuration/kubernetes-crd"
TRAEFIK = Program(
    name="traefik",
    module="traefik",
    package="github.com/traefik/traefik/v3/cmd/traefik",
    ldflags=_set("github.com/traefik/traefik/v3/pkg/version.Version", TRAEFIK_VERSION),
    trimmed=_LEGO,
    files=((f"{_CRD}-definition-v1.yml", "crd.yaml"), (f"{_CRD}-rbac.yml", "rbac.yaml")),
)
_PEBBLE_CERTS = ("localhost/cert.pem", "localhost/key.pem", "pebble.minica.pem")
# An ACME server for tests, with the DNS server that it asks.
PEBBLE = Program(
    name="pebble",
    module="pebble",
    package="github.com/letsencrypt/pebble/v2/cmd/pebble",
    files=tuple((f"test/certs/{name}", name.rpartition("/")[2]) for name in _PEBBLE_CERTS),
)
CHALLTESTSRV = Program(
    name="pebble-challtestsrv", module="pebble", package="github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv"
)
# Only tests use it.
# Checks the workflows.
ACTIONLINT = Program(name="actionlint", module="actionlint", package="github.com/rhysd/actionlint/cmd/actionlint")

# What the engine reads from stack files, without an engine: the measure for the program's own reader.
STACKFILE = Program(name="stackfile", module="pulumi", package="./stackfile")

# Checks the manifests, beside checkov.
KUBE_SCORE = Program(
    name="kube-score",
    module="kube-score",
    package="github.com/zegl/kube-score/cmd/kube-score",
)

# In the order in which they are built; what shares code stands together.
LAB = (PULUMI, KUBE, ETCD, NETPOL, COREDNS, METRICS_SERVER, LOCAL_PATH, TRAEFIK, PEBBLE, CHALLTESTSRV)
TESTS = (ACTIONLINT, STACKFILE)
# Only a part of `make proof` uses them, which builds them itself.
SCANNERS = (KUBE_SCORE,)
