"""Run the tier guide's load test against any stack.

A pod queues tasks (docs/explanation/guide.md has the guide), and Celery's own events say how long each one waited and
ran.
"""
