"""Commands that act on a running shop: a command in a pod of the app, logs, restarts."""
