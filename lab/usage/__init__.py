"""What containers request beside what they use: the measured side of the sizing's constants."""
