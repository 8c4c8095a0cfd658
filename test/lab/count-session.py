#!/usr/bin/python3
"""What sshd runs instead of a client's command on hosts started with --count.

Runs the command and passes its input and output on unchanged. Writes one line to /run/orch-count/turns for the command,
and one each time the host answers a client that spoke again: how often the client waited for the host. What is said
in farewell has no answer, and nobody waits for it.
"""
import os
import selectors
import signal
import subprocess
import sys

command = os.environ.get("SSH_ORIGINAL_COMMAND")
shell = os.environ.get("SHELL", "/bin/sh")
argv = [shell, "-c", command] if command else [shell, "-l"]

log = os.open("/run/orch-count/turns", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
try:
    os.fchmod(log, 0o666)
except PermissionError:
    pass  # another user made it, and let all write

os.write(log, b"command\n")
if os.isatty(0):
    os.execv(shell, argv)


def write_all(fd, data):
    while data:
        data = data[os.write(fd, data):]


child = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
to_child, from_child = child.stdin.fileno(), child.stdout.fileno()
signal.signal(signal.SIGPIPE, signal.SIG_IGN)
watch = selectors.DefaultSelector()
watch.register(0, selectors.EVENT_READ)
watch.register(from_child, selectors.EVENT_READ)
client_spoke = True
asked = False
while True:
    ready = {key.fd for key, _ in watch.select()}
    if from_child in ready:
        data = os.read(from_child, 65536)
        if not data:
            break
        client_spoke = False
        if asked:
            asked = False
            os.write(log, b"input\n")
        try:
            write_all(1, data)
        except BrokenPipeError:
            break
    if 0 in ready:
        data = os.read(0, 65536)
        if data and not client_spoke:
            client_spoke = asked = True
        try:
            write_all(to_child, data)
        except BrokenPipeError:
            data = b""
        if not data:
            watch.unregister(0)
            child.stdin.close()

os.close(1)
status = child.wait()
sys.exit(status if status >= 0 else 128 - status)
