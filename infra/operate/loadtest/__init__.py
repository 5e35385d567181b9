"""The guide's load test, against any stack: a pod queues tasks, Celery's own events say how they fared."""
