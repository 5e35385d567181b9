"""What an example's README says of its stack file, and the variables that its pods get by it."""

import re

import yaml

from infra.stack_file.app_config import AppConfig
from infra.stack_file.app_contract import alias_values

_BLOCK = re.compile(r"```yaml\n(.*?)```", re.DOTALL)


def stack_file(project):
    """The values of its one block, without their namespace."""
    [block] = _BLOCK.findall((project / "README.md").read_text())
    return {key.removeprefix("stagecoach:"): value for key, value in yaml.safe_load(block).items()}


def app_of(project):
    """Its `app`."""
    return AppConfig(**stack_file(project)["app"])


def environment_of(project, variables):
    """The variables of its pods: the contract's, under its own names too, and those of its stack file."""
    app = app_of(project)
    made = {
        **variables,
        **stack_file(project).get("env", {}),
        "DJANGO_SETTINGS_MODULE": app.settings_module,
        "DJANGO_ALLOWED_HOSTS": stack_file(project).get("domain", "*"),
        "DJANGO_CSRF_TRUSTED_ORIGINS": "",
        "STAGECOACH_CELERY_APP": app.celery_app,
    }
    return {**made, **alias_values(app.aliases, made)}
