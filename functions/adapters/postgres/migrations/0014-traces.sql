-- The W3C traceparent of the request that made a record, on its way to whoever publishes it; null: no request did. Never in the record.

-- step: outbox traceparent
ALTER TABLE outbox ADD COLUMN traceparent text;

-- step: entry traceparent
ALTER TABLE entry ADD COLUMN traceparent text;
