"""Build alert rules, dashboards and PromQL as values; nothing here loads Pulumi or asks a cluster."""
