"""Turn a stage into a plan with pure functions."""
