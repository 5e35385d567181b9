"""`make proof`: the long proofs in named parts, each remembered for the content that it was run on."""
