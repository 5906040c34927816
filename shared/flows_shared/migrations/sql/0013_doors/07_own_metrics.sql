-- Programs that read meters for themselves take every name of flows.meter_metrics for one of their own.
CREATE TABLE flows.own_meter_metrics (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL UNIQUE,
    notes text,
    enabled boolean NOT NULL DEFAULT true,
    run_frequency text NOT NULL CHECK (run_frequency IN ('hourly', '12hourly', 'daily')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE flows.own_meter_metrics IS 'What Flows alone reads from every meter, and how often: names that no other program knows';

ALTER TABLE flows.own_meter_metrics ENABLE ROW LEVEL SECURITY;
CREATE POLICY workers ON flows.own_meter_metrics TO service, flows_worker USING (true);
CREATE POLICY reporting ON flows.own_meter_metrics FOR SELECT TO reporting USING (true);
CREATE POLICY everyone ON flows.own_meter_metrics FOR SELECT TO customer, admin USING (true);
GRANT SELECT ON flows.own_meter_metrics TO customer, admin, service, reporting, flows_worker;
GRANT INSERT, UPDATE, DELETE ON flows.own_meter_metrics TO service;
CREATE TRIGGER set_updated_at BEFORE UPDATE ON flows.own_meter_metrics FOR EACH ROW EXECUTE FUNCTION flows.set_updated_at();
CREATE TRIGGER audit_insert AFTER INSERT ON flows.own_meter_metrics REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_insert('flows.own_meter_metrics', 'id');
CREATE TRIGGER audit_update AFTER UPDATE ON flows.own_meter_metrics REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_update('flows.own_meter_metrics', 'id');
CREATE TRIGGER audit_delete AFTER DELETE ON flows.own_meter_metrics REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION flows.audit_delete('flows.own_meter_metrics', 'id');

WITH moved AS (
    DELETE FROM flows.meter_metrics WHERE name = 'SyncerProfileLog' RETURNING *
)
INSERT INTO flows.own_meter_metrics SELECT * FROM moved;
