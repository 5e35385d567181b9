"""Where the lab's e-mail ends: a folder in the Maildir format."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

from aiosmtpd.handlers import Mailbox

# A mail server on the internet answers in 100 to 200 ms; the issue of a load test is how workers wait for it.
_SECONDS = itertools.cycle((0.1, 0.12, 0.14, 0.16, 0.18, 0.2))


class Sink(Mailbox):
    """Takes every mail, as slowly as a mail server elsewhere would."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ANN401, N802  aiosmtpd's name
        """Keeps it."""
        await asyncio.sleep(next(_SECONDS))
        answer: str = await super().handle_DATA(server, session, envelope)
        return answer
