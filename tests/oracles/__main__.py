"""Run files or folders of cases: python -m tests.oracles FILE-OR-FOLDER..."""

import sys

from .run import files, outcomes


def main(paths: list[str]) -> int:
    """A line per case, and at the end how many passed and failed."""
    passed = failed = 0
    for path in files(paths):
        for each in outcomes(path):
            print(each, flush=True)
            passed, failed = passed + (not each.said), failed + bool(each.said)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
