"""What runs inside the server: standard library and PyYAML only, on Debian 12's Python."""
