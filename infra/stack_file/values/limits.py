"""Bounds of what people write: beyond them a finger rested on a key, and nothing is computed."""

MOST_CUSTOMERS = 1_000_000_000
MOST_SECONDS = 31 * 86_400  # of a countdown, and of the visibility timeout that must be longer
MOST_CPU = 1_000_000  # millicores: a thousand processors, and no server of a catalog has fifty
MOST_MEMORY_MIB = 100 * 1024 * 1024  # 100 TiB
