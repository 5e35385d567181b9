"""From a stage to a plan: pure functions."""
