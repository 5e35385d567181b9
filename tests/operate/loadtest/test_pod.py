"""The pod that queues tasks."""

from infra.operate.loadtest.pod import Load, render_pod
from pod import load
from tests.mocks import graph
from tests.programs import CONFIG, program

LOAD = Load(count=10, task="shop.mail", queue="fast", recipient="test@example.com", seconds=60)


def deployment():
    made = graph(program, config={**CONFIG, "stagecoach:stage": 1}).kubernetes()
    return next(
        one for one in made.values() if one["metadata"].get("name") == "celery-worker" and one["kind"] == "Deployment"
    )


def test_is_the_workers_environment():
    """Same image, variables, mounts and policies; its own command and name."""
    worker = deployment()
    pod = render_pod(worker, LOAD)
    made, container = pod["spec"]["containers"][0], worker["spec"]["template"]["spec"]["containers"][0]
    for key in ("image", "envFrom", "volumeMounts", "securityContext"):
        assert made[key] == container[key]
    assert pod["spec"]["securityContext"] == worker["spec"]["template"]["spec"]["securityContext"]
    variables = {one["name"]: one.get("value") for one in made["env"]}
    assert variables["LOADTEST_QUEUE"] == "fast"
    assert variables["STAGECOACH_CELERY_APP"] == "config"
    assert made["command"] == [
        *("python", "-c", load("stagecoach_celery/stagecoach_wait.py"), "30"),
        *("python", "-c", load("loadtest.py")),
    ]
    assert "livenessProbe" not in made


def test_no_service_and_no_deployment_takes_it_for_theirs():
    labels = render_pod(deployment(), LOAD)["metadata"]["labels"]
    assert labels["app.kubernetes.io/name"] == "loadtest"
    assert labels["app.kubernetes.io/component"] == "celery-worker"
    assert render_pod(deployment(), LOAD)["spec"]["restartPolicy"] == "Never"
