-- One database and one user for each of Temporal and Duecourse; neither can read the other's.
-- Run by the PostgreSQL image on its first start, when the data directory is empty.
\set ON_ERROR_STOP on
\getenv temporal_password TEMPORAL_DB_PASSWORD
\getenv product_password PRODUCT_DB_PASSWORD

CREATE ROLE temporal LOGIN PASSWORD :'temporal_password';
CREATE DATABASE temporal OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
REVOKE CONNECT ON DATABASE temporal, temporal_visibility FROM PUBLIC;

CREATE ROLE duecourse LOGIN PASSWORD :'product_password';
CREATE DATABASE duecourse OWNER duecourse;
REVOKE CONNECT ON DATABASE duecourse FROM PUBLIC;
