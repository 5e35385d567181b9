"""Every printed form, one file each: plan, diff, prices and what-if as text, Markdown and JSON."""
