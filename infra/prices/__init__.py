"""What a month costs: a plan, every stage, and what a budget allows."""
