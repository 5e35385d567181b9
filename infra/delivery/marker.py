"""The comment's first line."""

MARKER = "<!-- stagecoach: preview -->"  # by which the comment is found again
