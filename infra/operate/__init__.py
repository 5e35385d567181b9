"""Act on a running shop: commands in a pod of the app, logs, restarts, the load test, and `doctor`."""
