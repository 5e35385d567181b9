"""What is built, as data: modules and versions stand in tools/<module>/go.mod."""

from __future__ import annotations

from dataclasses import dataclass

PULUMI_VERSION = "3.259.0"  # tools/pulumi/go.mod
KUBERNETES_VERSION = "1.36.3"  # tools/kubernetes/go.mod


@dataclass(frozen=True, kw_only=True)
class Program:
    """One Go program: the folder of its go.mod under tools/, its package and how it is linked."""

    name: str
    module: str
    package: str
    ldflags: str = ""
    tags: str = ""


def _set(variable: str, value: str) -> str:
    return f"-X {variable}={value}"


_MAJOR, _MINOR, _ = KUBERNETES_VERSION.split(".")
_VERSION = "k8s.io/component-base/version"

PULUMI = Program(
    name="pulumi",
    module="pulumi",
    package="github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
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
# Checks the workflows; only tests use it.
ACTIONLINT = Program(name="actionlint", module="actionlint", package="github.com/rhysd/actionlint/cmd/actionlint")
