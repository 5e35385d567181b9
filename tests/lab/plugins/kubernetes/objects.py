"""Objects and calls for the tests of this folder."""

from lab.plugins.package import Call

# The program's custom timeout in seconds, an argument of the plugin: for what gets ready, and for what never does.
ROLLOUT, SHORT = 20, 3


def call(inputs, **more):
    return Call(**{"urn": "urn", "type": "kubernetes", "name": "one", "inputs": inputs, **more})


def made(package, body, *, timeout=ROLLOUT):
    """Created; its id and the state that the engine would keep."""
    resource_id, state = package.create(call(body, timeout=timeout))
    return {"id": resource_id, "olds": state, "old_inputs": body}


def metadata(name, **annotations):
    return {"name": name, "namespace": "default", **({"annotations": annotations} if annotations else {})}


def config_map(name, **data):
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata(name), "data": data}


def template(name, cpu="10m"):
    container = {"name": "c", "image": "x", "resources": {"requests": {"cpu": cpu}}}
    return {"metadata": {"labels": {"app": name}}, "spec": {"containers": [container]}}


def deployment(name, cpu="10m", replicas=1, **annotations):
    """`replicas` None: the program does not name them."""
    spec = {"selector": {"matchLabels": {"app": name}}, "template": template(name, cpu)}
    if replicas is not None:
        spec["replicas"] = replicas
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata(name, **annotations), "spec": spec}


def claim(name, **annotations):
    spec = {
        "accessModes": ["ReadWriteOnce"],
        "storageClassName": "local-path",
        "resources": {"requests": {"storage": "1Gi"}},
    }
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": metadata(name, **annotations),
        "spec": spec,
    }


def stateful_set(name):
    spec = {
        "replicas": 1,
        "serviceName": name,
        "selector": {"matchLabels": {"app": name}},
        "template": template(name),
        "volumeClaimTemplates": [{**claim("data"), "metadata": {"name": "data"}}],
    }
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": metadata(name), "spec": spec}


def service(name):
    spec = {"selector": {"app": name}, "ports": [{"name": "http", "port": 80}]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata(name), "spec": spec}


def job(name, cpu):
    pod = template(name, cpu)
    pod["spec"]["restartPolicy"] = "Never"
    annotations = {"pulumi.com/replaceUnready": "true"}
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": metadata(name, **annotations),
        "spec": {"template": pod},
    }
