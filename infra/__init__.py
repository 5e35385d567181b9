"""Hold the Pulumi program: reading stack files, planning, and building what the plan says."""
