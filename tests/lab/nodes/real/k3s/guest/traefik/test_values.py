"""Values are merged as Helm does it; a key that the chart would pass over is refused by name."""

import pytest

from lab.nodes.real.k3s.guest.traefik.values import DEFAULTS, ChartError, chart_values


class TestMerged:
    def test_k3ss_own_stand_over_the_charts(self):
        made = chart_values()
        assert made["service"]["spec"] == {"type": "LoadBalancer"}
        assert made["priorityClassName"] == "system-cluster-critical"
        assert made["ports"]["web"]["port"] == 8000

    def test_mappings_key_by_key_and_lists_as_a_whole(self):
        made = chart_values({"service": {"spec": {"externalTrafficPolicy": "Local"}}, "tolerations": []})
        assert made["service"]["spec"] == {"type": "LoadBalancer", "externalTrafficPolicy": "Local"}
        assert made["tolerations"] == []

    def test_the_later_wins(self):
        made = chart_values({"logs": {"general": {"level": "DEBUG"}}}, {"logs": {"general": {"level": "WARN"}}})
        assert made["logs"]["general"]["level"] == "WARN"

    def test_null_takes_a_value_away(self):
        assert chart_values({"service": {"spec": None}})["service"]["spec"] == {}

    def test_defaults_stay_as_they_are(self):
        chart_values({"ports": {"web": {"port": 9000}}})
        assert DEFAULTS["ports"]["web"]["port"] == 8000


class TestRefused:
    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"respondingTimeouts": {}}, r"respondingTimeouts is no value of traefik-40\.1\.4"),
            ({"ports": {"web": {"redirections": {}}}}, r"ports\.web\.redirections is no value"),  # before v39
            ({"ports": {"websecure": {"tls": {}}}}, r"ports\.websecure\.tls is no value"),  # before v39
            ({"service": {"externalTrafficPolicy": "Local"}}, r"service\.externalTrafficPolicy is no value"),
            ({"accessLog": {"enabled": True}}, "accessLog is no value"),  # from v41 on
            ({"hub": {"token": "x"}}, "hub is a value of .* that the lab does not play"),
            ({"ports": {"web": 80}}, r"ports\.web is a mapping .* not 80"),
        ],
    )
    def test_by_name(self, given, words):
        with pytest.raises(ChartError, match=words):
            chart_values(given)

    def test_all_at_once(self):
        with pytest.raises(ChartError, match=r"^one is no value.*; two is no value"):
            chart_values({"one": 1, "two": 2})

    def test_what_is_anybodys(self):
        """Names of resolvers, annotations and fields of a Service are not the chart's."""
        made = chart_values({"certificatesResolvers": {"mine": {"acme": {}}}, "service": {"annotations": {"a": "b"}}})
        assert made["certificatesResolvers"] == {"mine": {"acme": {}}}
