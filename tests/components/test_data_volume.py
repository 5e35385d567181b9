"""The mount of the data volume, as a resource."""

from infra.scripts import load
from tests.graphs import exported, run, waits_for

NAME = "data-volume-mount"


class TestDataVolume:
    def test_a_file_system_is_made_only_on_create(self):
        """The resource is created by the update that creates the volume."""
        inputs = run(1).inputs(NAME)
        assert inputs["create"].startswith("export VOLUME_IS_NEW=true\n")
        assert inputs["update"].startswith("export VOLUME_IS_NEW=false\n")
        assert inputs["create"].endswith(load("data_volume.sh"))
        assert inputs["create"].split("\n", 1)[1] == inputs["update"].split("\n", 1)[1]

    def test_is_never_created_again(self):
        """Protected, and nothing triggers a replacement, which would be a create."""
        assert run(1).requests[NAME].protect
        assert "triggers" not in run(1).inputs(NAME)

    def test_a_grown_volume_runs_it_again(self):
        """The size is an input."""
        assert exported(run(1).inputs(NAME)["update"]) == {
            "VOLUME_IS_NEW": "false",
            "SERVER_ID": "4711",
            "DEVICE": "/dev/disk/by-id/scsi-0HC_Volume_1",
            "DEPLOYMENT": "shop",
            "SIZE_GIB": "40",
        }
        assert exported(run(2).inputs(NAME)["update"])["SIZE_GIB"] == "60"

    def test_waits_for_the_attachment(self):
        assert "server-data-attachment" in waits_for(run(1), NAME)

    def test_k3s_waits_for_it(self):
        """Its data directory lies on it."""
        assert NAME in waits_for(run(1), "k3s-install")
