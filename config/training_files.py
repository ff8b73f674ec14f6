"""Loads the courses for agents from their YAML files, and publishes the JSON Schema by which editors complete them.

Run as ``python -m config.training_files`` it writes the schema anew.
"""

from pathlib import Path

from config.document_folders import DocumentFolder
from config.yaml_documents import ConfigError
from domain.training import Course

TRAINING = Path(__file__).parent / "training"
"""The courses that come with the product."""

SCHEMA_FILE = TRAINING / "schema.json"


class CourseError(ConfigError):
    """One or more courses cannot be used."""


_FOLDER = DocumentFolder(Course, "jurisdiction", "course", "CN.yaml", CourseError)


def load_courses(folder: Path) -> dict[str, Course]:
    """Every course of a folder (``*.yaml``) by its jurisdiction.

    Raises:
        CourseError: naming every error of every file, or that there is no course.
    """
    return _FOLDER.load(folder)


def course_schema() -> str:
    """The JSON Schema of a course file, as it is published beside the courses."""
    return _FOLDER.schema()


if __name__ == "__main__":
    SCHEMA_FILE.write_text(course_schema(), encoding="utf-8")
