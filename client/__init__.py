"""How a backend in Python, the command line and the HTTP gateway put accounts into collection and tell them facts."""

from client.duecourse import Duecourse
from client.errors import DuecourseError

__all__ = ["Duecourse", "DuecourseError"]
