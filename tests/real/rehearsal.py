"""Alerts of a shop that rehearses them: who fires, and what the mail says."""

from email import message_from_bytes

from tests.real.shop import PROMETHEUS
from tests.waiting import wait

ALERTMANAGER = PROMETHEUS.replace(":9090", ":9093").removesuffix("/v1") + "/v2"
SPEED = 60
# On a machine with nothing else to do all of it comes within a third of that.
SECONDS = 180
TEAM = "ops@example.com"
QUIET_SECONDS = 240
_MAILS = {
    "email_to": TEAM,
    "email_from": "shop@example.com",
    "smtp_host": "198.51.100.25:1025",  # the lab's end of e-mails
    "require_tls": False,
}


class Rehearsal:
    """A shop whose durations are a sixtieth, and whose alerts are mailed."""

    def __init__(self, shop):
        self.shop = shop
        self._old = set()

    def begin(self):
        """Turns it on; what a start brings is over when this returns."""
        self.shop.configure(monitoring={"alert_speed": SPEED}, alerts=_MAILS)
        done = self.shop.update()
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        # A series that ends before the new Prometheus has read it once is seen for five more minutes: only who has read
        # it marks its end.
        wait(lambda: self.shop.unread_targets() == [], lambda: f"a first look at {self.shop.unread_targets()}", SECONDS)
        self.settle()

    def end(self):
        """Back to the stack file's own."""
        self.shop.configure(monitoring=None, alerts=None)
        done = self.shop.update()
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]

    def settle(self):
        """No alert but the watchdog's; mails so far are no news."""
        wait(lambda: self.names() == {"Watchdog"}, lambda: f"quiet, but {self.names()}", QUIET_SECONDS)
        self._old = set(self._folder())

    def names(self):
        """Of all alerts that fire."""
        return {one["labels"]["alertname"] for one in self.shop.alerts() if one["state"] == "firing"}

    def firing(self, name, labels):
        """Whether such an alert fires."""
        return any(
            one["state"] == "firing" and {"alertname": name, **labels}.items() <= one["labels"].items()
            for one in self.shop.alerts()
        )

    def fired(self, name, labels):
        """Whether it has fired within the last minutes: short ones are over before somebody looks."""
        matchers = "".join(f',{key}="{value}"' for key, value in labels.items())
        return self.shop.query(f'count_over_time(ALERTS{{alertname="{name}",alertstate="firing"{matchers}}}[5m])')

    def suppressed(self, name):
        """Whether Alertmanager keeps an alert back, because a critical one of the same thing says enough."""
        alerts = self.shop.api.request("GET", f"{ALERTMANAGER}/alerts")
        states = [one["status"]["state"] for one in alerts if one["labels"]["alertname"] == name]
        return bool(states) and set(states) == {"suppressed"}

    def mailed(self, name, what):
        """Whether a mail of this rehearsal says FIRING or RESOLVED."""
        found = [message_from_bytes(path.read_bytes()) for path in self._folder() if path not in self._old]
        subjects = [one["Subject"] for one in found if one["To"] == TEAM]
        return any(one.startswith(f"[{what}") and name in one.split() for one in subjects)

    def must_fire(self, name, labels):
        """In Prometheus, and by mail."""
        wait(lambda: self.fired(name, labels), name, SECONDS)
        wait(lambda: self.mailed(name, "FIRING"), f"the mail of {name}", SECONDS)

    def must_be_kept_back(self, name, labels):
        """It fires, and no mail says so."""
        wait(lambda: self.fired(name, labels), name, SECONDS)
        wait(lambda: self.suppressed(name), f"{name} kept back", SECONDS)
        assert not self.mailed(name, "FIRING")

    def must_stop(self, name, labels):
        """And say so."""
        assert self.mailed(name, "FIRING"), f"{name} never came"
        wait(lambda: not self.firing(name, labels), f"the end of {name}", SECONDS)
        wait(lambda: self.mailed(name, "RESOLVED"), f"the mail that {name} is over", SECONDS)

    def _folder(self):
        return list((self.shop.lab.root / "mails" / "new").glob("*"))
