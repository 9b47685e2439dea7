"""Write docs/keras.md and docs/keras.zh.md: what is here of Keras 3, asked of the code itself.

    python docs/make_keras_table.py           writes both
    python docs/make_keras_table.py --check   exit code 1 where one of them is out of date

The names of Keras and their arguments come from docs/keras_names.json, which make_keras_names.py asks of a real Keras.
"""

from __future__ import annotations

import ast
import functools
import importlib
import inspect
import json
import sys
import textwrap
from pathlib import Path
from typing import Any

from tidegate.errors import TidegateError
from tidegate.optimizers import Optimizer
from tidegate.optimizers.base import COMMON

HERE = Path(__file__).parent
NAMES: dict[str, Any] = json.loads((HERE / "keras_names.json").read_text(encoding="utf-8"))

# Why something differs, or is not there: what the code cannot say of itself.
WHY = {
    "backend.Function": "a model is the function; `model.predict` computes",
    "backend.set_floatx": "float32 is the one type",
    "layers.Lambda": "over `tidegate.ops`; never read from a file",
    "models.Model.export": "save as .keras, and load it where it runs",
    "models.Model.train_step": "one's own is recorded, with `tf.GradientTape`, and compiled; it sees no numbers",
    "models.Model.test_step": "as train_step",
    "models.Model.predict_step": "predict gives the outputs; a layer at the end may change them",
    "models.Model.jit_compile": "every model is compiled",
    "models.Model.quantize": "float32 is the one type",
    "models.Model.stateless_compute_loss": "of the JAX backend",
    "utils.get_file": "the path of what is in ~/.keras/datasets already; nothing is downloaded",
    "utils.text_dataset_from_directory": "returns a small Dataset of its own",
    "utils.plot_model": "writes SVG itself, without Graphviz",
    "utils.model_to_dot": "returns the text of the graph, for Graphviz",
    "utils.timeseries_dataset_from_array": "returns a small Dataset of its own; windows are gathered, not copied",
}
# Arguments that belong to another engine, or that every layer takes.
EVERYWHERE = {"name", "dtype", "trainable", "kwargs", "args", "autocast", "self"}
TEXT = {
    "en": {
        "title": "What is here of Keras 3",
        "made": (
            "Made by `python docs/make_keras_table.py` from the code itself, against the public names of Keras {v} "
            "that a recurrent script meets (not those for images, audio and several devices). **yes**: the name and "
            "all its arguments. **differs**: there, with what stands beside it. **no**: not there; asking for it says "
            "so and offers the nearest."
        ),
        "count": "{yes} yes, {differs} differ, {no} are not there.",
        "head": "| name | here | |",
        "yes": "yes", "no": "no", "differs": "differs",
        "default": "at their default alone: {names}",
        "missing": "without {names}",
        "absent": "Not there: {names}.",
        "old": "Older spellings that are served",
        "oldtext": (
            "Under `import tidegate` and under `tidegate run script.py`, each with one short note at its first use."
        ),
        "oldhead": "| older | today |",
    },
    "zh": {
        "title": "Keras 3 兼容表",
        "made": (
            "本表由 `python docs/make_keras_table.py` 从代码本身生成,对照 Keras {v} 中循环网络脚本会用到的公开名称"
            "(不含图像、音频与多设备)。**yes**:名称及其全部参数都有;**differs**:有,但有旁注所述的差别;"
            "**no**:没有,使用时会明确说明并给出最接近的名称。"
        ),
        "count": "{yes} 个 yes,{differs} 个 differs,{no} 个 no。",
        "head": "| 名称 | 状态 | |",
        "yes": "yes", "no": "no", "differs": "differs",
        "default": "仅接受默认值:{names}",
        "missing": "缺少参数 {names}",
        "absent": "没有:{names}。",
        "old": "仍可使用的旧写法",
        "oldtext": "`import tidegate` 与 `tidegate run script.py` 下都可用,每种写法首次使用时给出一行提示。",
        "oldhead": "| 旧写法 | 现在 |",
    },
}  # fmt: skip


def found(path: str, name: str) -> Any:
    """Return what stands here under a name of Keras, or None."""
    module, _, inner = path.partition(".")
    try:
        where: Any = importlib.import_module(f"tidegate.{module}")
        for part in filter(None, inner.split(".")):
            where = getattr(where, part)
        return getattr(where, name)
    except (ModuleNotFoundError, AttributeError, TidegateError):
        return None


def accepted(thing: Any) -> set[str] | None:
    """Return the arguments it takes by name, None where it takes any."""
    if inspect.isclass(thing):
        inits = [c.__dict__["__init__"] for c in thing.__mro__[:-1] if "__init__" in c.__dict__]
        names = {n for init in inits for n in inspect.signature(init).parameters}
        if issubclass(thing, Optimizer):
            names |= COMMON.keys()
        return names | passed_on(thing)
    try:
        parameters = inspect.signature(thing).parameters
    except (TypeError, ValueError):
        return None
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return None
    return set(parameters)


def passed_on(cls: type) -> set[str]:
    """Return the arguments that a class takes out of its keywords: kwargs.pop("name")."""
    names = set()
    for node in ast.walk(source(cls)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("pop", "get")
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            names.add(str(node.args[0].value))
    return names


def at_default(thing: Any) -> list[str]:
    """Return the arguments that are accepted at their default alone: those handed to `not_yet`."""
    calls = (n for n in ast.walk(source(thing)) if isinstance(n, ast.Call))
    named = (c for c in calls if isinstance(c.func, ast.Name) and c.func.id == "not_yet")
    return sorted({k.arg for c in named for k in c.keywords if k.arg})


@functools.cache
def source(thing: Any) -> ast.AST:
    """Return the code of a function, or of the constructors of a class and those above it."""
    things = [thing]
    if inspect.isclass(thing):
        things = [c.__dict__["__init__"] for c in thing.__mro__[:-1] if "__init__" in c.__dict__]
        things += [c.__dict__["_take_shape"] for c in thing.__mro__ if "_take_shape" in c.__dict__]
    body: list[ast.stmt] = []
    for one in things:
        try:
            body += ast.parse(textwrap.dedent(inspect.getsource(one))).body
        except (OSError, TypeError, SyntaxError):
            continue
    return ast.Module(body, [])


def state(path: str, name: str, arguments: list[str], say: dict[str, str]) -> tuple[str, str]:
    """Return "yes", "no" or "differs", and what there is to say."""
    why = WHY.get(f"{path}.{name}") or WHY.get(f"{path.replace('Sequential', 'Model')}.{name}", "")
    thing = found(path, name)
    if thing is None:
        return "no", why
    notes = [why] if why else []
    if callable(thing):
        takes = accepted(thing)
        missing = [a for a in arguments if takes is not None and a not in takes and a not in EVERYWHERE]
        limited = [a for a in at_default(thing) if a in arguments]
        if limited:
            notes.append(say["default"].format(names=", ".join(f"`{a}`" for a in limited)))
        if missing:
            notes.append(say["missing"].format(names=", ".join(f"`{a}`" for a in missing)))
    return ("differs" if notes else "yes"), "; ".join(notes)


def page(language: str) -> str:
    """Return the whole document."""
    say = TEXT[language]
    tally = {"yes": 0, "differs": 0, "no": 0}
    body: list[str] = []
    for path, names in NAMES.items():
        if path == "version":
            continue
        rows = {name: state(path, name, arguments, say) for name, arguments in names.items()}
        for kind, _ in rows.values():
            tally[kind] += 1
        shown = {n: r for n, r in rows.items() if r[0] != "no" or r[1]}
        absent = [n for n, r in rows.items() if n not in shown]
        body += ["", f"## `keras.{path}`", ""]
        if shown:
            body += [say["head"], "|---|---|---|"]
            body += [f"| `{n}` | {say[kind]} | {note} |" for n, (kind, note) in shown.items()]
        if absent:
            body += [""] * bool(shown) + [say["absent"].format(names=", ".join(f"`{n}`" for n in absent))]
    body += ["", f"## {say['old']}", "", say["oldtext"], "", say["oldhead"], "|---|---|"]
    body += [f"| `{old}` | `{today}` |" for old, today in older()]
    head = [f"# {say['title']}", "", say["made"].format(v=NAMES["version"]), "", say["count"].format(**tally)]
    return "\n".join(head + body) + "\n"


def older() -> list[tuple[str, str]]:
    """Return the older spellings of layers and modules, as the code has them."""
    from tidegate.cli.serve import MOVED
    from tidegate.layers.spelling import ARGUMENTS, CLASSES

    arguments = [(f"{old}=", f"{today}=") for old, today in ARGUMENTS.items()]
    modules = [(f"keras.{old}", f"keras.{today}".rstrip(".")) for old, today in MOVED.items()]
    by_hand = [
        ("lr=, decay= of optimizers", "learning_rate=, schedules"),
        ("batch_input_shape=, input_dim=, input_length=", "Input(shape)"),
        ("nb_epoch= of fit", "epochs="),
        ("model.fit_generator(...)", "model.fit(...)"),
        ("model.predict_classes(x)", "model.predict(x).argmax(-1)"),
        ("model.predict_proba(x)", "model.predict(x)"),
        ("merge(mode=...)", "Concatenate, Add, ..."),
        ("tensorflow.keras, tensorflow.compat.v1.keras, tf_keras", "keras"),
    ]
    return [*by_hand, *sorted(CLASSES.items()), *sorted(arguments), *sorted(modules)]


def main(check: bool) -> int:
    """Write the documents, or say which is out of date."""
    late = []
    for language, file in (("en", "keras.md"), ("zh", "keras.zh.md")):
        text, path = page(language), HERE / file
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            late.append(file)
            if not check:
                path.write_text(text, encoding="utf-8")
    if check and late:
        print(f"out of date: {', '.join(late)}; run python docs/make_keras_table.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main("--check" in sys.argv[1:]))
