"""Find the steps in the engine's own preview that need a person's consent."""
