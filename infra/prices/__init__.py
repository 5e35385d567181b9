"""Calculate what a plan and every stage cost per month, and what a budget allows."""
