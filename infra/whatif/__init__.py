"""Plan for a hypothetical load: find the stage that holds it, the waiting time of tasks, and the bottleneck."""
