"""The pod that web, worker, beat, exporter and migration share."""

import base64
import json

from tests.graphs import pods, run

APP = (
    "django-deployment",
    "celery-worker-deployment",
    "celery-beat-deployment",
    "queue-exporter-deployment",
    "migrate-job",
)


class TestAppPod:
    def test_has_the_stack_files_image(self):
        """One image for all, or a migration and the code that needs it drift apart."""
        images = {pods(run(1))[name]["containers"][0]["image"] for name in APP}
        assert images == {"registry.example/shop:1"}

    def test_knows_nothing_of_the_cluster(self):
        """No token, and no variables of every Service: they would stand beside the contract's."""
        for name in APP:
            pod = pods(run(1))[name]
            assert pod["automountServiceAccountToken"] is False
            assert pod["enableServiceLinks"] is False

    def test_leaves_its_last_lines(self):
        """In the pod's status, where an update that waits for it finds them."""
        for name in APP:
            [only] = pods(run(1))[name]["containers"]
            assert only["terminationMessagePolicy"] == "FallbackToLogsOnError"

    def test_goes_before_the_data(self):
        classes = {name: pods(run(1))[name]["priorityClassName"] for name in APP}
        assert classes.pop("celery-worker-deployment") == "stagecoach-worker"
        assert set(classes.values()) == {"stagecoach-app"}

    def test_public_images_need_no_secret(self):
        assert [name for name in APP if "imagePullSecrets" in pods(run(1))[name]] == []

    def test_private_images_have_one(self):
        """Docker's own format; every pod of the app names it."""
        registry = {"server": "registry.example", "username": "shop"}
        made = run(1, registry=registry, registry_password="hidden")
        content = json.loads(made.inputs("registry")["stringData"][".dockerconfigjson"])
        assert base64.b64decode(content["auths"]["registry.example"]["auth"]) == b"shop:hidden"
        for name in APP:
            assert pods(made)[name]["imagePullSecrets"] == [{"name": "registry-autonamed"}]
