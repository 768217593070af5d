-- step: under which clocks (the version of the record that published them; 0: none)
ALTER TABLE claim ADD COLUMN dated_by bigint;
