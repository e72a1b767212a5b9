"""Custom actions (rasa-sdk): thin. They read the tracker, call plain functions in `bot/`, and return events."""
