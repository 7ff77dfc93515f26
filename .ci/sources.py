# SPDX-License-Identifier: Apache-2.0
"""Which files are the project's, for the checks in this folder. Run from anywhere."""
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent


def all_files():
    """Tracked files and new ones that git does not ignore, relative to ROOT, sorted."""
    # A clone made by another user (CI) is as good as our own.
    command = ["git", "-c", "safe.directory=*", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others",
               "--exclude-standard"]
    out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return sorted(f for f in set(out.split("\0")) if f and (ROOT / f).is_file())


def cpp_files():
    return [f for f in all_files() if f.endswith((".h", ".cpp", ".def"))]


def scripts():
    """Shell and Python programs and the files that they source or import."""
    found = []
    for name in all_files():
        path = ROOT / name
        if name.endswith((".sh", ".py")):
            found.append(name)
        elif "." not in path.name:
            with path.open("rb") as file:
                if file.read(2) == b"#!":
                    found.append(name)
    return found


def read(name):
    return (ROOT / name).read_text(encoding="utf-8", errors="replace")


def blank_comments(text, keep_strings=False):
    """C++ text with comments, literals and macros blanked; line structure is kept."""
    pattern = re.compile(
        r'//[^\n]*|/\*.*?\*/|R"(?P<d>[^(\s]*)\(.*?\)(?P=d)"|"(?:\\.|[^"\\\n])*"'
        r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'|^[ \t]*#(?:\\\n|[^\n])*",
        re.DOTALL | re.MULTILINE)

    def blank(match):
        token = match.group(0)
        if keep_strings and token[0] in "\"'R#":
            return token
        if token[0] in "\"'":
            return token[0] + " " * (len(token) - 2) + token[-1]
        return re.sub(r"[^\n]", " ", token)

    return pattern.sub(blank, text)


def report(name, faults, checked):
    """Prints the outcome of one check; returns the exit code."""
    for fault in faults:
        print(f"{name}: {fault}")
    verdict = "ok" if not faults else f"{len(faults)} faults"
    print(f"{name}: {checked} checked, {verdict}")
    return 1 if faults else 0
