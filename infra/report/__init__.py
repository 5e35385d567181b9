"""Print plans, comparisons, prices and what-ifs as text, Markdown and JSON: one file for each printed form."""
