"""The records: tables, sessions, migrations and the audit trail."""
