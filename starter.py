"""The command line: ``python starter.py --help`` lists the commands."""

from cli.app import app

if __name__ == "__main__":
    app()
