"""What a stack file and a stage may say, and the one reader of both."""
