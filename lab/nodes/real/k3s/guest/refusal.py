"""The stand-in's own error: it ends k3s with one line in the journal."""


class RefusalError(Exception):
    """k3s does not start, or goes on waiting, for this reason; the text is for people."""
