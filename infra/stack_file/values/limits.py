"""Limit the numbers that people write: a larger one is a typing error, and the planner never computes with it."""

MOST_CUSTOMERS = 1_000_000_000
MOST_SECONDS = 31 * 86_400  # longest countdown, and longest visibility timeout, which must exceed it
MOST_CPU = 1_000_000  # millicores: no server of a catalog has fifty processors
MOST_MEMORY_MIB = 100 * 1024 * 1024  # 100 TiB
