DROP TRIGGER note_zone ON flows.escos;
DROP FUNCTION flows.note_changed_zone;
