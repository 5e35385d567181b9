"""Python programs that make trouble: on a server, or in a container of the shop."""

BURN = """
import os
for _ in range(os.cpu_count() - 1):
    if os.fork() == 0:
        break
while True:
    pass
"""
# The server's figures are two seconds old at most.  Pieces, so that some can be given back as others need room.
FILL = """
import os, time
# First the cache of what is read rarely goes, as on a server whose memory has been short for an hour; what the kubelet
# does not count as free, and the kernel does, would be too large a part of the whole otherwise.
for folder, folders, names in os.walk("/"):
    folders[:] = [] if folder.startswith(("/proc", "/sys", "/dev")) else folders
    for name in names:
        path = os.path.join(folder, name)
        try:
            if os.path.islink(path) or not os.path.isfile(path) or os.path.getsize(path) < 1 << 20:
                continue
            file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(file)
        except OSError:
            continue
PIECE = 8 << 20
kept = []
while True:
    rows = dict(line.split(":") for line in open("/proc/meminfo"))
    size = {{name: int(text.split()[0]) << 10 for name, text in rows.items() if "kB" in text}}
    room = [sum(size[name] for name in names) - size["MemTotal"] * left / 100 for left, names in {targets}]
    count = int(min(room)) // PIECE
    kept = kept + [b"x" * PIECE for _ in range(count)] if count > 0 else kept[: len(kept) + count]
    time.sleep(2.5)
"""
# Without autocommit the first statement opens a transaction, which stays open.
CONNECT = """
import os, sys, psycopg
first = psycopg.connect(os.environ["DATABASE_URL"])
[[count]] = first.execute("select sum(numbackends) from pg_stat_database").fetchall()
kept = [psycopg.connect(os.environ["DATABASE_URL"]) for _ in range({count} - int(count))]
print("open", flush=True)
sys.stdin.read()
"""

_UNTIL_CLOSED = """
import os, sys, threading, time
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0))).start()
print("open", flush=True)
"""
BURN_UNTIL_CLOSED = f"""{_UNTIL_CLOSED}
while True:
    pass
"""
GROW = """
import os, time
file, size = os.open("{path}", os.O_RDWR), os.path.getsize("{path}")
while True:
    size += 8 << 20
    os.posix_fallocate(file, 0, size)
    time.sleep(1)
"""
FAIL_UNTIL_CLOSED = f"""{_UNTIL_CLOSED}
from stagecoach_celery import app
while True:
    app.send_task("apps.notifications.tasks.send_email_task", kwargs={{}})  # three arguments are missing
    time.sleep(0.2)
"""
KEEP = """
import sys
kept = b"x" * {size}
print("open", flush=True)
sys.stdin.read()
"""
SEND = """
from stagecoach_celery import app
values = {{"subject": "Waits", "message": "for a worker", "recipient": "waits@example.com"}}
for _ in range({count}):
    app.send_task("apps.notifications.tasks.send_email_task", kwargs=values)
"""
