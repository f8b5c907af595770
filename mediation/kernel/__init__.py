"""What every capability stands on: time, errors, ids, database, log, outbox. Knows no capability and no Flask."""
