SELECT flows.ensure_interval_partitions(current_date - 400, current_date + 92);
-- Of the zone that communities have unless they say otherwise; other zones' calendars come with their first community.
SELECT flows.extend_calendar('Europe/London', current_date - 1200, current_date + 400);
