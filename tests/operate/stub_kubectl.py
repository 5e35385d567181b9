"""A kubectl that answers as a cluster would; what it was asked stands in a file beside it."""

import json
import stat
import sys
from pathlib import Path

_SCRIPT = """#!{python}
import json, pathlib, sys
folder = pathlib.Path({folder!r})
words = [word for word in sys.argv[1:] if not word.startswith("--kubeconfig")]
answers = json.loads((folder / "answers.json").read_text())
with (folder / "asked").open("a") as asked:
    asked.write(" ".join(words) + "\\n")
if words[0] == "create":
    (folder / "created.json").write_text(sys.stdin.read())
answer = answers.get(" ".join(words[:2]), answers.get(words[0], ""))
if isinstance(answer, dict) and "error" in answer:
    sys.stderr.write(answer["error"])
    sys.exit(1)
print(answer if isinstance(answer, str) else json.dumps(answer), end="")
"""


class StubKubectl:
    """Put on PATH by the test; `answers` by the first one or two words."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / "kubectl"
        path.write_text(_SCRIPT.format(python=sys.executable, folder=str(folder)))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def answer(self, **answers):
        """What it prints."""
        (self.folder / "answers.json").write_text(
            json.dumps({key.replace("_", " "): value for key, value in answers.items()})
        )

    def asked(self):
        """Command lines in order."""
        return (self.folder / "asked").read_text().splitlines()
