"""The databases of a deployment: one for each, and nobody reads the other's."""

import os
import shutil
import subprocess
from collections.abc import Iterator

import psycopg
import pytest

from tests.postgres import find_binaries
from tools.fetch import ROOT

PASSWORDS = {"TEMPORAL_DB_PASSWORD": 'it\'s "one"', "PRODUCT_DB_PASSWORD": "another"}
DATABASES = ("temporal", "temporal_visibility", "duecourse")


@pytest.fixture
def server(postgres_url: str) -> Iterator[str]:
    """A server on which the script was run, by the address that a user and a database's name are put into."""
    if "DUECOURSE_TEST_POSTGRES_URL" in os.environ:
        pytest.skip("makes users, so it runs only on a server that was started for the tests")
    owner = postgres_url.replace("+psycopg", "")
    script = ROOT / "deploy" / "postgres" / "databases.sql"
    psql = shutil.which("psql") or str(find_binaries() / "psql")
    subprocess.run([psql, owner, "--quiet", "--file", str(script)], env={**os.environ, **PASSWORDS}, check=True)
    yield owner.replace("tests@", "{user}@").replace("/tests", "/{database}")
    with psycopg.connect(owner, autocommit=True) as connection:
        for database in DATABASES:
            connection.execute(f"DROP DATABASE {database}")
        connection.execute("DROP ROLE temporal, duecourse")


def may_connect(server: str, user: str, database: str) -> bool:
    with psycopg.connect(server.format(user="tests", database="tests")) as connection:
        asked = connection.execute("SELECT has_database_privilege(%s, %s, 'CONNECT')", (user, database)).fetchone()
    return asked == (True,)


def test_each_user_reaches_its_own_databases_only(server: str) -> None:
    reached = {
        user: [name for name in DATABASES if may_connect(server, user, name)] for user in ("temporal", "duecourse")
    }
    assert reached == {"temporal": ["temporal", "temporal_visibility"], "duecourse": ["duecourse"]}


def test_each_user_may_make_tables_and_is_no_superuser(server: str) -> None:
    for user in ("temporal", "duecourse"):
        with psycopg.connect(server.format(user=user, database=user)) as connection:
            connection.execute("CREATE TABLE proof (id int)")
            connection.execute("CREATE EXTENSION btree_gin")
            assert connection.execute("SELECT usesuper FROM pg_user WHERE usename = current_user").fetchone() == (
                False,
            )


def test_every_user_has_a_password(server: str) -> None:
    with psycopg.connect(server.format(user="tests", database="tests")) as connection:
        found = connection.execute(
            "SELECT rolname FROM pg_authid WHERE rolpassword LIKE 'SCRAM%' ORDER BY 1"
        ).fetchall()
    assert found == [("duecourse",), ("temporal",)]
