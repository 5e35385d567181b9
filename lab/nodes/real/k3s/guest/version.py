"""What `k3s --version` says: the Kubernetes that runs, that it is the lab's, and in the file which sources."""

BASE = "v1.36.3+lab1"
# lab/nodes/real/k3s/bundle.py writes the hash of this package here, so that a changed stand-in is installed anew.
SOURCES = ""


def version() -> str:
    """The third word of `k3s --version`."""
    return f"{BASE}.{SOURCES}" if SOURCES else BASE
