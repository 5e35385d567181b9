"""Run the command line for `python -m infra`."""

from infra.cli.app import run

if __name__ == "__main__":
    run()
