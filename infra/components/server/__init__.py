"""The VPS: one file per provider behind one interface."""
