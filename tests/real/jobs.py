"""Jobs of a shop once more, by hand: the nightly dump and the migration, one after the other."""

from dataclasses import dataclass

from tests.waiting import PATIENCE, wait

JOBS = "/apis/batch/v1/namespaces/app/jobs"
_CRON_JOB = "/apis/batch/v1/namespaces/app/cronjobs/postgres-backup"
# What the job's controller adds to a template: a second job would select the first one's pods.
_OF_THE_CONTROLLER = (
    "controller-uid",
    "batch.kubernetes.io/controller-uid",
    "job-name",
    "batch.kubernetes.io/job-name",
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a job ended: pods that failed, whether one succeeded in the end, the last lines of its last pod."""

    failed: int
    succeeded: bool
    log: str


def backup_spec(shop):
    """The spec of the night's job."""
    return shop.api.request("GET", _CRON_JOB)["spec"]["jobTemplate"]["spec"]


def migration_spec(shop):
    """The spec of the last update's job."""
    [job] = [
        one for one in shop.api.items(JOBS) if one["metadata"]["labels"]["app.kubernetes.io/name"] == "django-migrate"
    ]
    spec = {key: job["spec"][key] for key in ("backoffLimit", "activeDeadlineSeconds", "template")}
    labels = spec["template"]["metadata"]["labels"]
    spec["template"]["metadata"] = {"labels": {key: labels[key] for key in labels if key not in _OF_THE_CONTROLLER}}
    return spec


def run_job(shop, name, spec):
    """Runs a job to its end and removes it, as `kubectl create job --from` would make it."""
    path = f"{JOBS}/{name}"
    body = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name, "namespace": "app"}, "spec": spec}
    shop.api.request("POST", JOBS, body)
    try:
        status = wait(lambda: _ended(shop.api.request("GET", path)["status"]), name, PATIENCE)
        log = shop.kubectl("logs", "-n", "app", f"job/{name}", "--tail=20", check=False)
        return Ended(failed=status.get("failed", 0), succeeded=bool(status.get("succeeded")), log=log)
    finally:
        shop.api.request("DELETE", path, propagationPolicy="Background")


def _ended(status):
    """A job's status once it is complete or has failed for good."""
    kinds = {one["type"] for one in status.get("conditions", []) if one["status"] == "True"}
    return status if kinds & {"Complete", "Failed"} else None
