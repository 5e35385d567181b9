"""Programs of the project's own making: what is built for the lab, what writes the reference."""
