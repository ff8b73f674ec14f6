"""Publishes the JSON Schema of the referral file: ``python -m config.referral_schema`` writes it anew."""

from pathlib import Path

from domain.referral_document import referral_schema

SCHEMA_FILE = Path(__file__).parent.parent / "docs" / "referral.schema.json"

if __name__ == "__main__":
    SCHEMA_FILE.write_text(referral_schema(), encoding="utf-8")
