"""The provider's own configuration, as far as the lab plays it."""

from __future__ import annotations

from dataclasses import dataclass

from lab.plugins.package import PluginError
from lab.plugins.values import Properties


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Inputs of the provider; the Python SDK fills each from an environment variable, `PULUMI_K8S_` and its name."""

    patch_force: bool = False
    upsert: bool = False
    delete_unreachable: bool = False
    skip_update_unreachable: bool = False

    @classmethod
    def read(cls, variables: Properties) -> Settings:
        """From what the engine configures.

        Raises:
            PluginError: client-side apply is asked for, which the lab does not play.
        """
        if variables.get("enableServerSideApply") is not None and not _is_on(variables, "enableServerSideApply"):
            raise PluginError("the lab's kubernetes provider plays server-side apply only")
        return cls(
            patch_force=_is_on(variables, "enablePatchForce"),
            upsert=_is_on(variables, "upsertExistingObjects"),
            delete_unreachable=_is_on(variables, "deleteUnreachable"),
            skip_update_unreachable=_is_on(variables, "skipUpdateUnreachable"),
        )


def _is_on(variables: Properties, name: str) -> bool:
    """The engine sends texts and truth values."""
    return str(variables.get(name)).lower() == "true"
