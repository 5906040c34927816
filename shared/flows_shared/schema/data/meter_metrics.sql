-- What is read how often, until somebody says otherwise.
INSERT INTO flows.meter_metrics (name, run_frequency, notes) VALUES
    ('SyncerSerial', 'daily', 'serial number: is it the meter we think it is'),
    ('SyncerHardware', 'daily', 'hardware version'),
    ('SyncerFirmwareVersion', 'daily', 'firmware version'),
    ('SyncerCsq', 'hourly', 'signal quality of the mobile network'),
    ('SyncerVoltage', 'hourly', 'mains voltage, of each phase where there are three'),
    ('SyncerReads', 'daily', 'cumulative import and export of each element'),
    ('SyncerPrepayBalance', 'hourly', 'money left on a prepay meter'),
    ('SyncerPrepayEnabled', 'daily', 'whether the meter is in prepay mode'),
    ('SyncerTariffsActive', 'daily', 'prices that the meter charges now'),
    ('SyncerTariffsFuture', 'daily', 'prices that it will change to, and when'),
    ('SyncerClockDiff', 'daily', 'how far its clock is off'),
    ('SyncerDaylightSavingsEnabled', 'daily', 'whether the meter itself moves to summer time'),
    ('SyncerEventLog', 'hourly', 'what the meter noted, from the last event seen'),
    ('SyncerBacklight', 'daily', 'setting of the display''s light'),
    ('SyncerLoadSwitch', 'daily', 'setting of the supply button')
ON CONFLICT (name) DO NOTHING;

-- Names that no other program knows.
INSERT INTO flows.own_meter_metrics (name, run_frequency, notes) VALUES
    ('SyncerProfileLog', 'daily', 'half-hourly energy, from the last half hour held')
ON CONFLICT (name) DO NOTHING;
