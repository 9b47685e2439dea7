"""Build the native part under sanitizers and run its tests: for memory and undefined behaviour, and for threads.

Each build lies in build/sanitize/, with a package beside it that is this one but for the compiled module. Python itself
is not instrumented, so the sanitizer's runtime is loaded before it. `python native/sanitize.py thread` does one alone.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "build" / "sanitize"
BUILDS = {
    # name: (-fsanitize, runtimes, instruction sets, tests)
    "memory": (
        "address,undefined",
        ("asan", "ubsan"),
        "baseline;avx2;avx512",
        ("tests/ops/test_native.py", "tests/ops/test_drawn.py", "tests/plan", "tests/kernels"),
    ),
    "thread": ("thread", ("tsan",), "baseline", ("tests/plan",)),  # its compile takes four times as long
}
OPTIONS = {
    # Python leaks on purpose. GCC does not align to 64 bytes what it puts for the stack, to find use after return.
    "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0:strict_init_order=1",
    "UBSAN_OPTIONS": "print_stacktrace=1",
    "TSAN_OPTIONS": "halt_on_error=1:second_deadlock_stack=1:die_after_fork=0",
}


def call(*command: str | Path, **environment: str) -> None:
    """Run a command, or end with what it said."""
    done = subprocess.run([str(c) for c in command], cwd=ROOT, env={**os.environ, **environment})
    if done.returncode:
        sys.exit(f"sanitize: {' '.join(map(str, command))} failed, {done.returncode}")


def library(compiler: str, name: str) -> str:
    """Return the path of a runtime that belongs to the compiler."""
    found = subprocess.run(
        [compiler, f"-print-file-name=lib{name}.so"], capture_output=True, text=True, check=True
    ).stdout.strip()
    if not Path(found).exists():
        sys.exit(f"sanitize: {compiler} has no lib{name}.so; on Debian and Ubuntu it comes with g++")
    return str(Path(found).resolve())


def package(at: Path, module: Path) -> Path:
    """Lay out the package with another compiled module, everything else as it stands in src."""
    shutil.rmtree(at, ignore_errors=True)
    for source in sorted((ROOT / "src" / "tidegate").rglob("*.py")):
        target = at / source.relative_to(ROOT / "src")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.symlink_to(source)
    (at / "tidegate" / "kernels" / module.name).symlink_to(module)
    return at


def sanitize(name: str, compiler: str) -> None:
    """Build, and run what a build is for."""
    flags, runtimes, isas, tests = BUILDS[name]
    started, at = time.monotonic(), FOLDER / name
    binaries = Path(sys.executable).parent
    print(f"sanitize: building for {flags}", flush=True)
    call(
        *(binaries / "cmake", "-S", ROOT, "-B", at, "-G", "Ninja", "--log-level=WARNING"),
        f"-DCMAKE_MAKE_PROGRAM={binaries / 'ninja'}",
        f"-DCMAKE_CXX_COMPILER={compiler}",
        f"-DPython_EXECUTABLE={sys.executable}",
        "-DTIDEGATE_NATIVE=ON",
        f"-DTIDEGATE_SANITIZE={flags}",
        *([f"-DTIDEGATE_ISAS={isas}"] if "x86" in sysconfig.get_platform() else []),
    )
    call(binaries / "ninja", "-C", at, "--quiet")
    # Where addresses are drawn from too wide a range, older runtimes find no room for their shadow.
    fixed = ["setarch", "-R"] if shutil.which("setarch") else []
    call(*fixed, at / "native_test", **OPTIONS)
    mistakes = subprocess.run(
        [*fixed, at / "native_test", "mistakes"],
        env={**os.environ, **OPTIONS},
        capture_output=True,
        text=True,
    )
    if not mistakes.returncode or "Sanitizer" not in mistakes.stderr:
        sys.exit(f"sanitize: the build for {flags} does not find the mistakes of native_test")
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    call(
        *fixed,
        # -S: this copy, not the installed one, which a file of site-packages would put first
        *(sys.executable, "-S", "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests),
        PYTHONPATH=os.pathsep.join(
            [str(package(at / "python", at / f"_native{suffix}")), sysconfig.get_path("purelib")]
        ),
        LD_PRELOAD=" ".join(library(compiler, r) for r in (*runtimes, "stdc++")),
        PYTHONDONTWRITEBYTECODE="1",
        **OPTIONS,
    )
    print(f"sanitize: {flags} found nothing, in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    for wanted in sys.argv[1:] or BUILDS:
        sanitize(wanted, os.environ.get("CXX", "g++"))
