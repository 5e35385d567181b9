"""Parts of a test run: which command each is, what it needs of the machine, how parts run and what they report."""
