"""What a stack builds as files: the program runs under Pulumi's mocks, no engine and no cloud is asked."""
