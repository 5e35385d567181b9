"""The guard's kinds are the program's own."""

import pytest

from infra.updates.guard.kinds import _KINDS, kind_of
from infra.updates.preview.engine_preview import Step
from tests.mocks import graph
from tests.plans import REGIONS
from tests.programs import CONFIG, program


@pytest.fixture(scope="module")
def made():
    """Everything that the program registers at stage 5, on the three clouds."""
    found = []
    for provider, region in REGIONS.items():
        config = {**CONFIG, "stagecoach:stage": 5, "stagecoach:provider": provider, "stagecoach:region": region}
        found += graph(program, config=config).requests.values()
    return found


def as_step(one):
    return Step(op="delete", type=one.type, name=one.name, protected=one.protect, paths=(), replacing=())


def test_every_kind_is_in_the_program(made):
    """A type that the program does not use would be a typing error here."""
    assert set(_KINDS) - {one.type for one in made} == {"kubernetes:core/v1:PersistentVolume"}


def test_what_the_program_protects_is_held(made):
    protected = [one for one in made if one.protect]
    assert len(protected) > 50
    assert [one.name for one in protected if kind_of(as_step(one)) is None] == []


def test_celery_servers_are_not(made):
    celery = [
        one
        for one in made
        if one.name.startswith("celery-servers-") and one.type.endswith(("Server", "Instance", "Droplet"))
    ]
    assert celery
    assert {kind_of(as_step(one)) for one in celery} == {None}


@pytest.mark.parametrize(
    ("kind", "name", "held"),
    [
        ("hcloud:index/server:Server", "celery-servers-1-server", None),
        ("tls:index/privateKey:PrivateKey", "access-celery-host-key", None),
        ("hcloud:index/volume:Volume", "celery-servers-1-server", "volume"),
        ("kubernetes:core/v1:PersistentVolumeClaim", "celery-servers-1-data", "claim"),
        ("hcloud:index/server:Server", "my-celery-host-key", "server"),
        ("tls:index/privateKey:PrivateKey", "celery-servers-key", "key"),
    ],
)
def test_a_name_alone_lets_nothing_go(kind, name, held):
    """What holds data is never a Celery server's, however it is called."""
    assert kind_of(Step(op="delete", type=kind, name=name, protected=False, paths=(), replacing=())) == held
