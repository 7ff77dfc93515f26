# SPDX-License-Identifier: Apache-2.0
"""Running a compiler front end over many files: in parallel, and not again for what has not changed."""
import concurrent.futures
import hashlib
import itertools
import os
import re
import subprocess

from sources import ROOT, read

LOCAL = re.compile(r'^[ \t]*#[ \t]*include[ \t]+"([^"]+)"', re.MULTILINE)


def pkg_config(*modules):
    """Compiler flags of those modules that are installed."""
    flags = []
    for module in modules:
        found = subprocess.run(["pkg-config", "--cflags", module], capture_output=True, text=True)
        if found.returncode == 0:
            flags += found.stdout.split()
    return flags


def closure(path):
    """path and every project file that it includes, directly or not."""
    seen, todo = set(), [path]
    while todo:
        name = todo.pop()
        if name in seen or not (ROOT / name).is_file():
            continue
        seen.add(name)
        todo += LOCAL.findall(read(name))
    return sorted(seen)


def run_cached(check, jobs, settings):
    """jobs: {path: command}. Runs each command whose path, closure or settings changed since it last succeeded.

    Returns (faults, how many ran). A success leaves an empty file named by its hash in build/<check>/."""
    cache = ROOT / "build" / check
    cache.mkdir(parents=True, exist_ok=True)
    texts = {}

    def key(path):
        digest = hashlib.sha256(repr((settings, jobs[path])).encode())
        for name in closure(path):
            if name not in texts:
                texts[name] = hashlib.sha256(read(name).encode()).digest()
            digest.update(name.encode() + texts[name])
        return digest.hexdigest()

    stale = {path: cache / key(path) for path in jobs}
    stale = {path: stamp for path, stamp in stale.items() if not stamp.exists()}

    count = itertools.count(1)

    def run(path):
        done = subprocess.run(jobs[path], cwd=ROOT, capture_output=True, text=True)
        print(f"{check}: {next(count)} of {len(stale)}: {path}", flush=True)
        if done.returncode == 0:
            stale[path].touch()
            return None
        return path + "\n" + done.stdout + done.stderr

    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        faults = [fault for fault in pool.map(run, sorted(stale)) if fault]
    return faults, len(stale)
