"""Know how long each version gets fixes (dated data with its sources), and warn when a plan runs an old one."""
