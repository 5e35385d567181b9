"""A load that is only thought of: which stage holds it, how long tasks wait, what gives way first."""
