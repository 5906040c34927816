SELECT flows.guard_values();
SELECT flows.guard_writes();
