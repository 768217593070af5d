-- step: eraser reads what was approved
GRANT SELECT ON person TO countersign_eraser;
