-- step: app records a message that waited for another
GRANT UPDATE ON bank_messages TO countersign_app;
