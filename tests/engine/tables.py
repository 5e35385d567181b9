"""Tables that tests leave behind for the end of the run."""

TABLES: dict[str, list[tuple[str, ...]]] = {}
