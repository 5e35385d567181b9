"""One registry stands for all; state that no container needs is thrown away."""

import json
import socket
import tomllib

from lab.nodes.real.k3s.guest import containerd as module
from lab.nodes.real.k3s.guest.containerd import container_spec, containerd, listens, shims_run
from lab.nodes.real.k3s.guest.layout import Layout


def test_configuration(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "RUN", tmp_path / "run")
    monkeypatch.setattr(module, "_default_spec", lambda: '{"mounts": []}')
    monkeypatch.setattr(module, "shims_run", lambda: False)  # this machine may have containers of its own
    (tmp_path / "run" / "containerd" / "old").mkdir(parents=True)
    layout = Layout(tmp_path / "k3s")
    command = containerd(layout)
    content = tomllib.loads(open(command[2]).read())  # noqa: SIM115, PTH123
    plugin = content["plugins"]["io.containerd.grpc.v1.cri"]
    assert content["root"] == str(tmp_path / "k3s" / "agent" / "containerd")
    assert plugin["restrict_oom_score_adj"] is True
    assert plugin["sandbox_image"].startswith("lab.stagecoach.dev/lab/pause:")
    assert plugin["containerd"]["discard_unpacked_layers"] is True
    [runtime] = plugin["containerd"]["runtimes"].values()
    assert "/proc/meminfo" in open(runtime["base_runtime_spec"]).read()  # noqa: SIM115, PTH123
    hosts = tomllib.loads((layout.etc / "containerd" / "certs.d" / "_default" / "hosts.toml").read_text())
    assert hosts["server"] == "http://100.64.0.1:5000"
    assert not (tmp_path / "run" / "containerd").exists()


def test_containers_see_the_server(tmp_path):
    """Beside what containerd mounts anyway, after /proc."""
    made = json.loads(container_spec('{"process": {}, "mounts": [{"destination": "/proc"}]}'))
    assert [one["destination"] for one in made["mounts"]] == ["/proc", "/proc/meminfo", "/proc/stat", "/proc/cpuinfo"]
    assert all(one.get("options", ["bind", "ro"]) == ["bind", "ro"] for one in made["mounts"])
    assert made["process"] == {}


def test_shims_are_found(tmp_path):
    for pid, name in (("1", "init"), ("20", "containerd-shim-runc-v2"[:15])):
        (tmp_path / pid).mkdir()
        (tmp_path / pid / "comm").write_text(f"{name}\n")
    assert shims_run(tmp_path)
    (tmp_path / "20" / "comm").write_text("containerd\n")
    assert not shims_run(tmp_path)


def test_a_socket_that_nobody_listens_at(tmp_path):
    path = tmp_path / "containerd.sock"
    assert not listens(path)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(str(path))
        assert not listens(path)  # as a power cut leaves it
        server.listen()
        assert listens(path)
