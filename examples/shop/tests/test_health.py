"""What the kubelet asks."""

from django.db import connection


def test_answers_to_any_host_without_the_database(client):
    """Without the `db` fixture, a query would fail; probes come by the pod's address."""
    answer = client.get("/healthz", headers={"host": "10.42.0.7:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert connection.connection is None


def test_other_pages_check_the_host(client, db):
    assert client.get("/", headers={"host": "elsewhere.example.org"}).status_code == 400
