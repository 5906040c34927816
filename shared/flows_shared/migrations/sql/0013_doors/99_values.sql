SELECT flows.guard_values();
SELECT flows.guard_lengths();
SELECT flows.guard_writes();
