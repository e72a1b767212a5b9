"""How well the assistant understands: the reports behind `pes evaluate`."""
