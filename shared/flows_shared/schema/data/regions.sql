-- The 14 regions of the electricity network.
INSERT INTO flows.regions (code, name) VALUES
    ('A', 'Eastern England'),
    ('B', 'East Midlands'),
    ('C', 'London'),
    ('D', 'North Wales, Merseyside and Cheshire'),
    ('E', 'West Midlands'),
    ('F', 'North East England'),
    ('G', 'North West England'),
    ('H', 'Southern England'),
    ('J', 'South East England'),
    ('K', 'South Wales'),
    ('L', 'South West England'),
    ('M', 'Yorkshire'),
    ('N', 'South Scotland'),
    ('P', 'North Scotland')
ON CONFLICT (code) DO UPDATE SET name = excluded.name;
