"""Metrics of the servers."""

from tests.graphs import container, pods, run

NAME = "node-exporter-daemon-set"


class TestNodeExporter:
    def test_sees_the_host(self):
        """Its own root would be a container's."""
        pod = pods(run(1))[NAME]
        assert pod["hostNetwork"]
        assert pod["hostPID"]
        assert pod["volumes"][0]["hostPath"] == {"path": "/"}
        assert container(run(1), NAME)["volumeMounts"] == [
            {"name": "host", "mountPath": "/host", "readOnly": True, "mountPropagation": "HostToContainer"}
        ]

    def test_collects_what_is_looked_at(self):
        """All collectors would triple the series."""
        arguments = container(run(1), NAME)["args"]
        assert "--collector.disable-defaults" in arguments
        assert {one for one in ("cpu", "filesystem", "meminfo", "vmstat") if f"--collector.{one}" in arguments} == {
            "cpu",
            "filesystem",
            "meminfo",
            "vmstat",
        }

    def test_reads_what_the_server_says_of_itself(self):
        """The collector takes the folder's name as it stands, below the mount."""
        arguments = container(run(1), NAME)["args"]
        assert "--collector.textfile" in arguments
        assert "--collector.textfile.directory=/host/var/lib/stagecoach-metrics" in arguments

    def test_has_no_token(self):
        assert pods(run(1))[NAME]["automountServiceAccountToken"] is False
