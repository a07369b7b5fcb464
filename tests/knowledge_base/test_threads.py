"""Whatever the machine, the numeric libraries work with one thread."""

import subprocess
import sys

import pytest

_LIBRARIES = "import faiss, numpy, scipy.linalg, sklearn.linear_model, torch"
_LIMIT = "from knowledge_base.threads import use_one_thread; use_one_thread()"
_PRINT = """
from threadpoolctl import threadpool_info
print(max([torch.get_num_threads(), *(library["num_threads"] for library in threadpool_info())]))
"""


@pytest.mark.parametrize("lines", [(_LIBRARIES, _LIMIT), (_LIMIT, _LIBRARIES)], ids=["loaded-before", "loaded-after"])
def test_all_libraries_work_with_one_thread(lines: tuple[str, str]) -> None:
    """A worker process of the training loads them after it was told."""
    program = "\n".join([*lines, _PRINT])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "1"
