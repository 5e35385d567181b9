"""What tests look up in a dashboard."""


def titles(made):
    """In the dashboard's order."""
    return [panel["title"] for panel in made["panels"]]


def marks(made, title):
    """A panel's thresholds."""
    (panel,) = [one for one in made["panels"] if one["title"] == title]
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    return [step["value"] for step in steps if step["value"] is not None]
