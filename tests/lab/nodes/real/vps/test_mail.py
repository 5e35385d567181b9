"""Where e-mails end."""

import smtplib
import time
from email import message_from_bytes

from aiosmtpd.controller import Controller

from lab.nodes.real.vps.mail import Sink
from tests.servers import free_port


def test_mails_are_kept_and_take_their_time(tmp_path):
    """100 to 200 ms each, as on the internet."""
    port = free_port()
    server = Controller(Sink(tmp_path / "mails"), hostname="127.0.0.1", port=port)
    server.start()
    try:
        with smtplib.SMTP("127.0.0.1", port) as client:
            began = time.monotonic()
            for number in range(6):
                client.sendmail("shop@example.com", ["customer@example.com"], f"Subject: order {number}\n\nThank you")
            seconds = time.monotonic() - began
    finally:
        server.stop()
    found = [message_from_bytes(path.read_bytes()) for path in (tmp_path / "mails/new").iterdir()]
    assert sorted(one["Subject"] for one in found) == [f"order {number}" for number in range(6)]
    assert seconds >= 0.9
