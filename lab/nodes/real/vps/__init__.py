"""Servers that are sandboxes of this machine: namespaces, cgroups, ext4 on loop devices."""
