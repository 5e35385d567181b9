"""The servers that the played clouds sell: simulated nodes, or real ones in sandboxes."""
