"""The Pulumi program: config, sizing, components."""
