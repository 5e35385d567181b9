"""Define the comment's first line."""

MARKER = "<!-- stagecoach: preview -->"  # The comment is found again by this line.
