"""Scripts for servers: checked, kept, and played on the server that their connection leads to."""

import pytest

from infra.components.k3s_config import render_agent_config
from infra.scripts import load
from lab.nodes.simulated.boots import Boots
from lab.nodes.simulated.scripts import PlayedScripts
from lab.plugins.package import Call, PluginError
from lab.plugins.packages.command import CommandPackage
from tests.plans import stage_plan

DIRECT = {"host": "127.64.0.1", "user": "root"}
BEHIND = {"host": "10.20.1.11", "user": "root", "proxy": DIRECT}


class Machines:
    """Remembers what was asked."""

    def __init__(self):
        self.asked = []
        self.boots = Boots()

    def answers(self, address):
        return self.boots.left(address) == 0

    def behind(self, proxy, private_ip):
        assert (proxy, private_ip) == ("127.64.0.1", "10.20.1.11")
        return "127.64.0.2"

    def require_device(self, address, device):
        self.asked.append(("device", address, device))

    def join_k3s(self, proxy, address, config):
        self.asked.append(("join", proxy, address, config["node-name"]))

    def require_node(self, address, name):
        self.asked.append(("require", address, name))

    def remove_node(self, address, name):
        self.asked.append(("remove", address, name))

    def kubeconfig(self, address):
        return f"kubeconfig of {address}"


class Engine:
    """Notes the warnings that it is to show."""

    def __init__(self):
        self.told = []

    def warn(self, urn, message):
        self.told.append((urn, message))


@pytest.fixture
def package(tmp_path):
    return CommandPackage(tmp_path, PlayedScripts(Machines()))


def call(name, **inputs):
    return Call(urn=f"urn::{name}", type="command:remote:Command", name=name, inputs=inputs, olds=inputs)


class TestAgents:
    def test_an_installation_goes_through_the_server(self, package):
        """To the server that has the private address; its script is kept there."""
        node = stage_plan(5).celery_servers
        config = render_agent_config(
            node, name="shop-celery-1", private_ip="10.20.1.11", server_private_ip="10.20.1.2", token="two"
        )
        script = load("base.sh", "k3s_agent_install.sh")
        package.create(call("install", connection=BEHIND, create=script, stdin=config))
        assert package.scripts.machines.asked == [("join", "127.64.0.1", "127.64.0.2", "shop-celery-1")]
        assert (package.folder / "127.64.0.2" / "install.create.sh").read_text() == script

    def test_waiting_and_removing_happen_on_the_server(self, package):
        inputs = {
            "connection": DIRECT,
            "create": f"export NODE=shop-celery-1\n{load('k3s_agent_joined.sh')}",
            "delete": f"export NODE=shop-celery-1\n{load('k3s_agent_remove.sh')}",
        }
        package.create(call("node", **inputs))
        package.delete(call("node", **inputs))
        assert package.scripts.machines.asked == [
            ("require", "127.64.0.1", "shop-celery-1"),
            ("remove", "127.64.0.1", "shop-celery-1"),
        ]

    def test_a_command_without_a_delete_script_leaves_in_peace(self, package):
        package.delete(call("install", connection=BEHIND, create="true"))
        assert package.scripts.machines.asked == []


class TestCheck:
    def test_a_script_that_bash_refuses(self, package):
        with pytest.raises(PluginError, match="bash refuses the `delete` script"):
            package.check(call("node", connection=DIRECT, create="true", delete="if true; then"))

    def test_variables_beside_the_script(self, package):
        """sshd would refuse them."""
        with pytest.raises(PluginError, match="AcceptEnv"):
            package.check(call("node", connection=DIRECT, create="true", environment={"NODE": "shop-celery-1"}))

    def test_scripts_as_the_program_sends_them(self, package):
        """Base and script together are one text, which shellcheck takes, too."""
        for names in (("base.sh", "k3s_agent_install.sh"), ("k3s_agent_joined.sh",), ("k3s_agent_remove.sh",)):
            package.check(call("one", connection=DIRECT, create=load(*names)))


class TestPlay:
    def test_the_kubeconfig_is_the_clusters(self, package):
        _, outputs = package.create(call("kubeconfig", connection=DIRECT, create=load("kubeconfig.sh")))
        assert outputs["stdout"] == "kubeconfig of 127.64.0.1"

    def test_triggers_replace_and_the_rest_updates(self, package):
        before = {"connection": DIRECT, "create": "true", "triggers": ["1"]}
        for change, replaces in (({"triggers": ["2"]}, True), ({"create": "false"}, False)):
            made = Call(
                urn="urn", type="command:remote:Command", name="one", inputs={**before, **change}, old_inputs=before
            )
            assert bool(package.diff(made).replaces) is replaces


class TestLastOutput:
    """pulumi-command offers the last run's output as variables; sshd refuses, and the user reads a warning."""

    LAST = {"connection": DIRECT, "create": "true", "stdout": "done", "stderr": ""}  # noqa: RUF012  never changed

    def warned(self, package, operation, **inputs):
        package.host = Engine()
        made = Call(
            urn="urn::one",
            type="command:remote:Command",
            name="one",
            inputs={"connection": DIRECT, "create": "true", **inputs},
            olds={**self.LAST, "delete": "true", **inputs},
        )
        getattr(package, operation)(made)
        return package.host.told

    @pytest.mark.parametrize("operation", ["update", "delete"])
    def test_is_offered_by_default(self, package, operation):
        [(urn, message)] = self.warned(package, operation)
        assert urn == "urn::one"
        assert message.startswith("Unable to set 'PULUMI_COMMAND_STDOUT'.")

    @pytest.mark.parametrize("operation", ["update", "delete"])
    def test_is_kept_back_where_the_program_says_so(self, package, operation):
        assert self.warned(package, operation, addPreviousOutputInEnv=False) == []

    def test_a_first_run_has_none(self, package):
        package.host = Engine()
        package.create(Call(urn="urn::one", type="command:remote:Command", name="one", inputs=self.LAST))
        assert package.host.told == []

    def test_keeping_it_back_is_a_change_that_runs_the_script(self, package):
        """The provider compares every input: one that comes to a command that runs already is a difference."""
        before = {"connection": DIRECT, "create": "true"}
        after = {**before, "addPreviousOutputInEnv": False}
        made = Call(urn="urn", type="command:remote:Command", name="one", inputs=after, old_inputs=before)
        assert package.diff(made).changes == {"addPreviousOutputInEnv": "ADD"}
        assert not package.diff(made).replaces
