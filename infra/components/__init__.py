"""Define one component per file; each takes its part of the plan and knows nothing of the others."""
