"""How long what the stack runs gets fixes: dated data with its sources, and what a plan says of it."""
