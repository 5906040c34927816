"""Writes to meters: each a command in `flows.meter_commands`, sent by a worker and looked at before and after."""
