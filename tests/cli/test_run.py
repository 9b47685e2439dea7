"""`tidegate run`: a script sees Keras's names, its own process, and plain words for what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tidegate.cli.serve import KerasModule
from tidegate.language import speaking

HERE = Path(__file__).parent
SCRIPTS = HERE / "scripts"
# Scripts that a checkout may have beside it; each is a whole Keras script with assertions.
ACCEPTANCE = sorted((HERE.parents[2] / "shared" / "acceptance").glob("*.py"))
COMMAND = "import sys; from tidegate.cli.main import main; sys.exit(main(['run', *sys.argv[1:]]))"


def command(
    script: str | Path, *args: str, first: Path | None = None, cwd: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a script in a process of its own, `first` at the head of what Python imports from."""
    env = dict(os.environ)
    if first:
        env["PYTHONPATH"] = os.pathsep.join([str(first), *filter(None, [env.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-c", COMMAND, str(script), *args],
        capture_output=True, text=True, env=env, cwd=cwd, timeout=240,
    )  # fmt: skip


def write(folder: Path, text: str) -> Path:
    path = folder / "script.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_script_is_main_and_gets_its_arguments() -> None:
    done = command(SCRIPTS / "echo.py", "--epochs", "3")
    assert done.stdout.splitlines() == ["__main__ echo.py ['--epochs', '3'] scripts", "True"]
    assert (done.returncode, done.stderr) == (0, "")


def test_a_module_beside_the_script_is_found(tmp_path: Path) -> None:
    (tmp_path / "beside.py").write_text("VALUE = 5\n")
    done = command(write(tmp_path, "import beside\nprint(beside.VALUE)\n"))
    assert (done.returncode, done.stdout) == (0, "5\n")


def test_every_spelling_is_served() -> None:
    done = command(SCRIPTS / "every_spelling.py")
    assert (done.returncode, done.stdout) == (0, "all served\n"), done.stderr


def test_a_model_in_the_spelling_of_keras_2_trains() -> None:
    done = command(SCRIPTS / "old_model.py")
    assert (done.returncode, done.stdout) == (0, "all ran\n"), done.stderr
    notes = [line for line in done.stderr.splitlines() if "is the older spelling of keras" in line]
    assert len(notes) == len(set(notes)) == 4  # core, embeddings, recurrent, np_utils


def test_a_star_brings_the_layers(tmp_path: Path) -> None:
    text = "from tensorflow.keras.layers import *\nprint(LSTM(3).units, Dense(2).units)\n"
    done = command(write(tmp_path, text))
    assert (done.returncode, done.stdout) == (0, "3 2\n"), done.stderr


def test_an_old_path_is_noted_once(tmp_path: Path) -> None:
    text = "from keras.utils.np_utils import to_categorical\nfrom keras.utils import np_utils\n"
    done = command(write(tmp_path, text))
    assert done.stderr == "tidegate: keras.utils.np_utils is the older spelling of keras.utils; served\n"


@pytest.mark.parametrize("package", ["keras", "tensorflow"])
def test_it_wins_over_an_installed_one(tmp_path: Path, package: str) -> None:
    installed = tmp_path / "installed"
    (installed / package).mkdir(parents=True)
    (installed / package / "__init__.py").write_text("raise SystemExit('the installed one was imported')\n")
    done = command(write(tmp_path, f"import {package}\nprint({package}.__version__)\n"), first=installed)
    assert done.returncode == 0, done.stderr
    assert "tidegate" in done.stdout


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (
            "from keras.utils import to_categoricals",
            "tidegate does not have keras.utils.to_categoricals; the nearest names it has: to_categorical",
        ),
        ("import keras.applications", "tidegate does not have keras.applications"),
        ("from keras.applications.vgg16 import VGG16", "tidegate does not have keras.applications"),
        (
            "from keras.preprocessing import to_categorical",
            "there is no keras.preprocessing.to_categorical; it stands in keras.utils.to_categorical",
        ),
        (
            "from tensorflow.keras.layers import LSTMM",
            "tidegate does not have tensorflow.keras.layers.LSTMM; the",
        ),
        (
            "from keras.layers import Sequential",
            "there is no keras.layers.Sequential; it stands in keras.models.Sequential",
        ),
        ("import tensorflow.audio", "tidegate does not have tensorflow.audio"),
        ("from keras.kernels import anything", "tidegate does not have keras.kernels"),
    ],
)
def test_a_missing_import_is_named_in_full(tmp_path: Path, line: str, message: str) -> None:
    script = write(tmp_path, f"{line}\n")
    done = command(script)
    assert done.returncode == 1
    report = done.stderr.splitlines()
    assert report[:3] == [
        "Traceback (most recent call last):",
        f'  File "{script}", line 1, in <module>',
        f"    {line}",
    ]
    assert report[-1].startswith(f"ModuleNotFoundError: {message}")
    assert (
        len([part for part in report if part.startswith("  File")]) == 1
    )  # nothing of ours, nothing of importlib


@pytest.mark.parametrize(("language", "why"), [("en", "is not there"), ("zh", "未提供")])
def test_what_a_module_says_of_a_name_is_passed_on(language: str, why: str) -> None:
    with speaking(language), pytest.raises(AttributeError, match=f"^RemoteMonitor.*{why}.*CSVLogger"):
        _ = KerasModule("keras.callbacks").RemoteMonitor


def test_a_missing_attribute_is_named_in_full(tmp_path: Path) -> None:
    done = command(write(tmp_path, "import tensorflow as tf\ntf.keras.utils.to_categorial([1])\n"))
    assert done.returncode == 1
    last = done.stderr.splitlines()[-1]
    assert last.startswith("AttributeError: tidegate does not have tensorflow.keras.utils.to_categorial;")
    assert "to_categorical" in last


def test_what_is_refused_is_shown_on_the_users_line_alone(tmp_path: Path) -> None:
    text = "from keras.layers import LSTM\ndef build():\n    return LSTM(0)\nbuild()\n"
    done = command(write(tmp_path, text))
    frames = [line for line in done.stderr.splitlines() if line.startswith("  File")]
    assert [frame.split("script.py")[1] for frame in frames] == [
        '", line 4, in <module>',
        '", line 3, in build',
    ]
    assert done.stderr.splitlines()[-1].startswith("tidegate.errors.ArgumentError: LSTM expects units")


@pytest.mark.parametrize("name", ["fails.py", "no_syntax.txt"])
def test_an_error_is_shown_as_python_shows_it(name: str) -> None:
    script = SCRIPTS / name
    alone = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    done = command(script)
    assert (done.returncode, done.stderr) == (1, alone.stderr)
    assert "Error" in alone.stderr


@pytest.mark.parametrize(
    ("given", "code", "said"), [("0", 0, ""), ("7", 7, ""), ("none", 0, ""), ("no", 1, "no\n")]
)
def test_an_exit_code_passes_through(given: str, code: int, said: str) -> None:
    done = command(SCRIPTS / "exits.py", given)
    assert (done.returncode, done.stderr) == (code, said)


def test_ctrl_c_is_shown_and_ends_as_in_a_shell(tmp_path: Path) -> None:
    done = command(write(tmp_path, "raise KeyboardInterrupt\n"))
    assert done.returncode == 130
    assert done.stderr.splitlines()[-1] == "KeyboardInterrupt"


def test_a_script_in_another_encoding_is_read(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_bytes("# coding: latin-1\nprint(len('\xe9'))\n".encode("latin-1"))
    assert command(script).stdout == "1\n"


def test_a_missing_script_is_one_line(tmp_path: Path) -> None:
    done = command("nowhere.py", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr == "tidegate run: cannot read nowhere.py: No such file or directory\n"


def test_a_folder_is_no_script(tmp_path: Path) -> None:
    done = command(tmp_path)
    assert done.returncode == 2
    assert done.stderr == f"tidegate run: cannot read {tmp_path}: Is a directory\n"


@pytest.mark.parametrize("script", ACCEPTANCE, ids=[path.stem for path in ACCEPTANCE])
def test_acceptance(script: Path, tmp_path: Path) -> None:
    """A whole script runs to its end on this package alone."""
    check = write(
        tmp_path,
        "import runpy, sys\n"
        f"runpy.run_path({str(script)!r}, run_name='__main__')\n"
        "real = [n for n in sys.modules if n.split('.')[0] in ('keras', 'tensorflow', 'jax', 'torch')]\n"
        "assert all(sys.modules[n].__spec__.origin == 'tidegate' for n in real), real\n",
    )
    done = command(check)
    if "AssertionError" in done.stderr:
        done = command(check)  # one in some hundred unseeded trainings ends short of a script's bound
    assert done.returncode == 0, done.stderr[-2000:]
