#!/bin/sh
# Create or upgrade Temporal's own tables. Safe to run again: what is there already stays as it is.
# Connects as SQL_HOST, SQL_PORT, SQL_USER and SQL_PASSWORD say, which temporal-sql-tool reads itself.
set -eu

schema=${TEMPORAL_SCHEMA:-/etc/temporal/schema/postgresql/v12}

for store in temporal visibility; do
    database=temporal
    [ "$store" = temporal ] || database=temporal_visibility
    temporal-sql-tool --plugin postgres12 --database "$database" setup-schema --version 0.0
    temporal-sql-tool --plugin postgres12 --database "$database" update-schema --schema-dir "$schema/$store/versioned"
done
