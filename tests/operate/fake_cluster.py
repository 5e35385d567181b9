"""A kubectl with one pod: its containers' processes run on this machine, with real pipes, signals and exit codes."""

import json
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

from tests.cli.command import infra
from tests.programs import CONFIG
from tests.waiting import patience, wait

REPOSITORY = Path(__file__).resolve().parents[2]
_SCRIPT = '''#!{python}
import json, os, pathlib, signal, subprocess, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
folder = pathlib.Path({folder!r})
words = [word for word in sys.argv[1:] if not word.startswith("--kubeconfig")]
with (folder / "asked").open("a") as asked:
    asked.write(json.dumps(words[: words.index("--") if "--" in words else None]) + "\\n")
files = {{name: folder / name for name in ("pod.json", "ended", "pid", "beats")}}
inside = {{**os.environ, "STAGECOACH_RUN": str(folder / "run")}}
answers = json.loads((folder / "answers.json").read_text())

def pod():
    if not files["pod.json"].exists():
        return None
    made = json.loads(files["pod.json"].read_text())
    status = {{"phase": "Running", "containerStatuses": [{{"state": {{"running": {{}}}}}}]}}
    if files["ended"].exists():
        code, said = json.loads(files["ended"].read_text())
        ended = {{"exitCode": code, "message": said}}
        phase = "Failed" if code else "Succeeded"
        status = {{"phase": phase, "containerStatuses": [{{"state": {{"terminated": ended}}}}]}}
    return {{**made, "status": answers.get("status") or status}}

def hold(container):
    """The first process, and somebody who says how it ended."""
    os.mkfifo(files["beats"])
    if os.fork():
        return
    os.setsid()
    for one in range(3):  # whoever waits for this kubectl's output does not wait for the pod
        os.dup2(os.open(os.devnull, os.O_RDWR), one)
    ends = os.open(files["beats"], os.O_RDWR)
    child = subprocess.Popen(
        container["command"], stdin=ends, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=inside
    )
    files["pid"].write_text(str(child.pid))
    said = child.communicate()[1].decode()
    files["ended"].with_suffix(".new").write_text(json.dumps([child.returncode, said]))
    files["ended"].with_suffix(".new").replace(files["ended"])
    os._exit(0)

def get(kind, rest):
    if kind == "pod":
        found = pod()
        if found is None and "--ignore-not-found" not in words:
            sys.exit("Error from server (NotFound): pods not found")
        return found
    if kind == "pods":
        return {{"items": [one for one in (pod(),) if one] + answers.get("pods", [])}}
    return answers.get(kind, {{"items": []}} if kind == "jobs" else None)

verb = words[0]
if answers.get("error"):
    sys.exit(answers["error"])
if verb == "get":
    found = get(words[1], words[2:])
    print(json.dumps(found) if found else "")
elif verb == "create":
    if files["pod.json"].exists():
        sys.exit("Error from server (AlreadyExists): pods \\"run\\" already exists")
    made = json.loads(sys.stdin.read())
    made["metadata"]["uid"] = str(time.time())
    for path in folder.glob("run/*"):
        path.unlink()
    for name in ("ended", "beats", "pid"):
        files[name].unlink(missing_ok=True)
    files["pod.json"].write_text(json.dumps(made))
    print(json.dumps(made))
    sys.stdout.flush()
    hold(made["spec"]["containers"][0])
elif verb == "attach":
    end = os.open(files["beats"], os.O_WRONLY)
    while data := os.read(0, 100):
        os.write(end, data)
elif verb == "exec":
    if answers.get("lost"):
        sys.exit("error: unable to upgrade connection")
    code = subprocess.run(words[words.index("--") + 1 :], env=inside).returncode
    if code:
        sys.stderr.write(f"command terminated with exit code {{code}}\\n")
    sys.exit(code)
elif verb == "delete":
    if files["pid"].exists() and not files["ended"].exists():
        os.kill(int(files["pid"].read_text()), signal.SIGTERM)
        while not files["ended"].exists():
            time.sleep(0.02)
    files["pod.json"].unlink(missing_ok=True)
'''


class FakeCluster:
    """Put on PATH by the test; `answer` is the rest of what it has."""

    def __init__(self, folder: Path, job, web) -> None:
        self.folder = folder
        path = folder / "kubectl"
        path.write_text(_SCRIPT.format(python=sys.executable, folder=str(folder)))
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        (folder / "python").symlink_to(sys.executable)
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text("clusters: [{name: shop}]\n")
        self.has = {"deployment": web, "jobs": {"items": [job]}}
        self.answer()

    def answer(self, **more):
        """`status` is the pod's in place of what its processes say, `pods` are others, `lost` ends every exec."""
        (self.folder / "answers.json").write_text(json.dumps({**self.has, **more}))

    def asked(self):
        """Command lines in order, each as a list of words; without what is run in the pod."""
        return [json.loads(line) for line in (self.folder / "asked").read_text().splitlines()]

    def start(self, *arguments, **options):
        """`python -m infra` with this cluster, in a process group of its own."""
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("COV")},
            "PATH": f"{self.folder}:/usr/bin:/bin",
        }
        command = [sys.executable, "-m", "infra", *arguments]
        options = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        # A suite that a shell started in the background has SIGINT ignored, and children inherit that.
        options |= {"start_new_session": True, "preexec_fn": _hears_ctrl_c}
        return subprocess.Popen(command, cwd=REPOSITORY, env=environment, text=True, **options)

    def run(self, *command, text=""):
        """`infra run` to its end."""
        child = self.start("run", f"--kubeconfig={self.kubeconfig}", "--", *command)
        out, err = child.communicate(text, timeout=patience(60))
        return subprocess.CompletedProcess(command, child.returncode, out, err)

    def refuse(self, *command):
        """`infra run` in this process, where it does not get as far as a command: what it says."""
        environment = {"PATH": f"{self.folder}:/usr/bin:/bin"}
        done = infra("run", f"--kubeconfig={self.kubeconfig}", "--", *command, environment=environment)
        assert done.returncode == 1, done
        assert done.stdout == ""
        return done.stderr

    @property
    def pod(self):
        """What is left of it; None where there is none."""
        path = self.folder / "pod.json"
        return json.loads(path.read_text()) if path.exists() else None

    def await_command(self):
        """Until the command runs in the pod."""
        wait((self.folder / "run" / "starter").exists, "the command in its pod")

    def close(self):
        """Ends what a test has left."""
        pid = self.folder / "pid"
        if pid.exists() and not (self.folder / "ended").exists():
            os.kill(int(pid.read_text()), signal.SIGKILL)


def _hears_ctrl_c():
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def workloads():
    """The migration's Job and the web pods' Deployment, as the program makes them."""
    from tests.mocks import graph  # noqa: PLC0415  it takes a second
    from tests.programs import program  # noqa: PLC0415

    made = graph(program, config={**CONFIG, "stagecoach:stage": 1}).kubernetes().values()
    [job] = [one for one in made if one["kind"] == "Job"]
    [web] = [one for one in made if one["kind"] == "Deployment" and one["metadata"]["name"] == "django"]
    return job, web
