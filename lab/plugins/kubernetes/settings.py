"""The provider's own configuration, as far as the lab plays it."""

from __future__ import annotations

import os
from dataclasses import dataclass

from lab.plugins.package import PluginError
from lab.plugins.values import Properties


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Inputs of the provider; where the program set none, the variables of its process count, as in the real one."""

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
        if str(variables.get("enableServerSideApply")).lower() == "false":
            raise PluginError("the lab's kubernetes provider plays server-side apply only")
        return cls(
            patch_force=_is_on(variables, "enablePatchForce", "ENABLE_PATCH_FORCE"),
            upsert=_is_on(variables, "upsertExistingObjects", "UPSERT_EXISTING_OBJECTS"),
            delete_unreachable=_is_on(variables, "deleteUnreachable", "DELETE_UNREACHABLE"),
            skip_update_unreachable=_is_on(variables, "skipUpdateUnreachable", "SKIP_UPDATE_UNREACHABLE"),
        )


def _is_on(variables: Properties, name: str, variable: str) -> bool:
    """The engine sends texts and truth values."""
    value = variables.get(name)
    return str(os.environ.get(f"PULUMI_K8S_{variable}") if value is None else value).lower() == "true"
