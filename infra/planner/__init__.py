"""The planner: from a stack file, and from what runs already, to the plan; pure."""
