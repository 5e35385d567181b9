"""Alert rules, dashboards and PromQL: pure, they load neither Pulumi nor a cluster."""
